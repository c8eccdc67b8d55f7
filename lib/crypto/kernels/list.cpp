// SPDX-License-Identifier: LGPL-2.1-or-later
#include "crypto/kernels/kernel.h"

#if defined(__x86_64__)
#include "crypto/kernels/processor.h"
#include "crypto/kernels/sha1_shani.h"
#include "crypto/kernels/sha256_shani.h"
#endif

namespace latchkey::crypto::kernels {

#if defined(__x86_64__)
namespace {

constexpr State kSha1Initial = {0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0};
constexpr State kSha256Initial = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                                  0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};

constexpr std::array kKernels = {
    Kernel{"sha1-shani-1", "sha1", 1, kSha1Initial, &has_sha_extensions, &sha1_shani_absorb,
           &sha1_shani_advance_1},
    Kernel{"sha1-shani-2", "sha1", 2, kSha1Initial, &has_sha_extensions, &sha1_shani_absorb,
           &sha1_shani_advance_2},
    Kernel{"sha1-shani-4", "sha1", 4, kSha1Initial, &has_sha_extensions, &sha1_shani_absorb,
           &sha1_shani_advance_4},
    Kernel{"sha256-shani-1", "sha256", 1, kSha256Initial, &has_sha_extensions, &sha256_shani_absorb,
           &sha256_shani_advance_1},
    Kernel{"sha256-shani-2", "sha256", 2, kSha256Initial, &has_sha_extensions, &sha256_shani_absorb,
           &sha256_shani_advance_2},
    Kernel{"sha256-shani-4", "sha256", 4, kSha256Initial, &has_sha_extensions, &sha256_shani_absorb,
           &sha256_shani_advance_4},
};
static_assert(kKernels.size() <= kMostKernels);

}  // namespace

std::span<const Kernel> all_kernels() {
    return kKernels;
}
#else
std::span<const Kernel> all_kernels() {
    return {};
}
#endif

}  // namespace latchkey::crypto::kernels
