// SPDX-License-Identifier: LGPL-2.1-or-later
#include "crypto/kernels/processor.h"

#include <array>
#include <cstddef>
#include <span>

#include "crypto/kernels/kernel.h"
#include "latchkey/secret.h"

#if defined(__x86_64__)
#include <cpuid.h>
#endif

namespace latchkey::crypto::kernels {
namespace {

constexpr std::size_t kDeepestFrame = 4096;  // bytes; the four streams use less than half of it

}  // namespace

bool has_sha_extensions() {
#if defined(__x86_64__)
    constexpr unsigned kSha = 1U << 29U;  // leaf 7, EBX
    unsigned a = 0;
    unsigned b = 0;
    unsigned c = 0;
    unsigned d = 0;
    if (__get_cpuid(1, &a, &b, &c, &d) == 0) return false;
    if ((c & bit_SSSE3) == 0 || (c & bit_SSE4_1) == 0) return false;
    if (__get_cpuid_count(7, 0, &a, &b, &c, &d) == 0) return false;
    return (b & kSha) != 0;
#else
    return false;
#endif
}

[[gnu::noinline]] void wipe_leftovers() {
    std::array<std::byte, kDeepestFrame> frame;
    wipe_memory(frame);
#if defined(__x86_64__)
    __asm__ volatile(
        "pxor %%xmm0, %%xmm0\n\tpxor %%xmm1, %%xmm1\n\tpxor %%xmm2, %%xmm2\n\tpxor %%xmm3, "
        "%%xmm3\n\t"
        "pxor %%xmm4, %%xmm4\n\tpxor %%xmm5, %%xmm5\n\tpxor %%xmm6, %%xmm6\n\tpxor %%xmm7, "
        "%%xmm7\n\t"
        "pxor %%xmm8, %%xmm8\n\tpxor %%xmm9, %%xmm9\n\tpxor %%xmm10, %%xmm10\n\t"
        "pxor %%xmm11, %%xmm11\n\tpxor %%xmm12, %%xmm12\n\tpxor %%xmm13, %%xmm13\n\t"
        "pxor %%xmm14, %%xmm14\n\tpxor %%xmm15, %%xmm15"
        :
        :
        : "xmm0", "xmm1", "xmm2", "xmm3", "xmm4", "xmm5", "xmm6", "xmm7", "xmm8", "xmm9", "xmm10",
          "xmm11", "xmm12", "xmm13", "xmm14", "xmm15");
#endif
}

}  // namespace latchkey::crypto::kernels
