// SPDX-License-Identifier: LGPL-2.1-or-later
#include "crypto/kernels/kernel.h"

#if defined(__x86_64__)
#include "crypto/kernels/processor.h"
#include "crypto/kernels/shani.h"
#endif

namespace latchkey::crypto::kernels {

#if defined(__x86_64__)
namespace {

constexpr State kSha1Initial = {0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0};
constexpr State kSha256Initial = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                                  0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};

template <typename Hash, std::size_t streams>
constexpr Kernel by_shani(std::string_view name, std::string_view hash, const State& initial) {
    return {name,
            hash,
            streams,
            initial,
            &has_sha_extensions,
            &shani::absorb<Hash>,
            &shani::advance<Hash, streams>};
}

constexpr std::array kKernels = {
    by_shani<shani::Sha1, 1>("sha1-shani-1", "sha1", kSha1Initial),
    by_shani<shani::Sha1, 2>("sha1-shani-2", "sha1", kSha1Initial),
    by_shani<shani::Sha1, 4>("sha1-shani-4", "sha1", kSha1Initial),
    by_shani<shani::Sha256, 1>("sha256-shani-1", "sha256", kSha256Initial),
    by_shani<shani::Sha256, 2>("sha256-shani-2", "sha256", kSha256Initial),
    by_shani<shani::Sha256, 4>("sha256-shani-4", "sha256", kSha256Initial),
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
