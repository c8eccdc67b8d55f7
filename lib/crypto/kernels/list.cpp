// SPDX-License-Identifier: LGPL-2.1-or-later
#include "crypto/kernels/kernel.h"

#if defined(__x86_64__)
#include "crypto/kernels/constants.h"
#include "crypto/kernels/lane_kernels.h"
#include "crypto/kernels/processor.h"
#include "crypto/kernels/shani.h"
#endif

namespace latchkey::crypto::kernels {

// On other processors libgcrypt, which may know their instructions, is faster than plain C++.
#if defined(__x86_64__)
namespace {

using Absorb = decltype(Kernel::absorb);
using Advance = decltype(Kernel::advance);
using RunsHere = decltype(Kernel::runs_here);

constexpr Kernel sha1(std::string_view name, std::size_t streams, unsigned cost, RunsHere runs_here,
                      Advance advance, Absorb absorb = &plain::absorb_sha1) {
    return {name, "sha1", streams, cost, 64, kSha1Initial, runs_here, absorb, advance};
}
constexpr Kernel sha256(std::string_view name, std::size_t streams, unsigned cost,
                        RunsHere runs_here, Advance advance,
                        Absorb absorb = &plain::absorb_sha256) {
    return {name, "sha256", streams, cost, 64, kSha256Initial, runs_here, absorb, advance};
}
constexpr Kernel sha512(std::string_view name, std::size_t streams, unsigned cost,
                        RunsHere runs_here, Advance advance) {
    return {name,   "sha512", streams, cost, 128, kSha512Initial, runs_here, &plain::absorb_sha512,
            advance};
}

// Costs are nanoseconds of one iteration of all streams on one machine (docs/kdf-kernels.md): only their ratios count.
constexpr std::array kKernels = {
    sha1("sha1-plain-1", 1, 154, &is_any_processor, &plain::advance_sha1),
    sha256("sha256-plain-1", 1, 334, &is_any_processor, &plain::advance_sha256),
    sha1("sha1-shani-1", 1, 70, &has_sha_extensions, &shani::advance<shani::Sha1, 1>,
         &shani::absorb<shani::Sha1>),
    sha1("sha1-shani-2", 2, 120, &has_sha_extensions, &shani::advance<shani::Sha1, 2>,
         &shani::absorb<shani::Sha1>),
    sha1("sha1-shani-4", 4, 246, &has_sha_extensions, &shani::advance<shani::Sha1, 4>,
         &shani::absorb<shani::Sha1>),
    sha1("sha1-avx2-8", 8, 413, &has_avx2, &avx2::advance_sha1),
    sha1("sha1-avx512-16", 16, 248, &has_avx512, &avx512::advance_sha1),
    sha256("sha256-shani-1", 1, 77, &has_sha_extensions, &shani::advance<shani::Sha256, 1>,
           &shani::absorb<shani::Sha256>),
    sha256("sha256-shani-2", 2, 106, &has_sha_extensions, &shani::advance<shani::Sha256, 2>,
           &shani::absorb<shani::Sha256>),
    sha256("sha256-shani-4", 4, 212, &has_sha_extensions, &shani::advance<shani::Sha256, 4>,
           &shani::absorb<shani::Sha256>),
    sha256("sha256-avx2-8", 8, 718, &has_avx2, &avx2::advance_sha256),
    sha256("sha256-avx512-16", 16, 495, &has_avx512, &avx512::advance_sha256),
    sha512("sha512-bmi2-1", 1, 382, &has_bmi2, &bmi2::advance_sha512),
    sha512("sha512-avx2-4", 4, 892, &has_avx2, &avx2::advance_sha512),
    sha512("sha512-avx512-8", 8, 605, &has_avx512, &avx512::advance_sha512),
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
