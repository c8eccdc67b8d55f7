// SPDX-License-Identifier: LGPL-2.1-or-later
// One stream of SHA-512 with BMI2's rotations.
#if defined(__x86_64__)
#define KERNEL_TARGET __attribute__((target("bmi,bmi2")))
#include "crypto/kernels/lane_kernels.h"
#include "crypto/kernels/sha2_lanes.h"
#include "crypto/kernels/vector_plain.h"

namespace latchkey::crypto::kernels::bmi2 {

struct WithBmi2 {};
using Sha512 = Sha2Lanes<Sha512Shape, PlainVector<std::uint64_t, WithBmi2>>;

KERNEL_TARGET void advance_sha512(Stream* streams, std::uint64_t iterations) {
    advance_lanes<Sha512>(streams, iterations);
}

}  // namespace latchkey::crypto::kernels::bmi2
#endif
