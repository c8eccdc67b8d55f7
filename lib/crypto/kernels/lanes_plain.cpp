// SPDX-License-Identifier: LGPL-2.1-or-later
// One stream of each hash in plain C++: the base of all other kernels.
#define KERNEL_TARGET
#include "crypto/kernels/lane_kernels.h"
#include "crypto/kernels/sha1_lanes.h"
#include "crypto/kernels/sha2_lanes.h"
#include "crypto/kernels/vector_plain.h"

namespace latchkey::crypto::kernels::plain {

struct AnyProcessor {};
using Sha1 = Sha1Lanes<PlainVector<std::uint32_t, AnyProcessor>>;
using Sha256 = Sha2Lanes<Sha256Shape, PlainVector<std::uint32_t, AnyProcessor>>;
using Sha512 = Sha2Lanes<Sha512Shape, PlainVector<std::uint64_t, AnyProcessor>>;

void absorb_sha1(State& state, std::span<const std::byte> block) {
    absorb_block<Sha1>(state, block);
}
void absorb_sha256(State& state, std::span<const std::byte> block) {
    absorb_block<Sha256>(state, block);
}
void absorb_sha512(State& state, std::span<const std::byte> block) {
    absorb_block<Sha512>(state, block);
}

void advance_sha1(Stream* streams, std::uint64_t iterations) {
    advance_lanes<Sha1>(streams, iterations);
}
void advance_sha256(Stream* streams, std::uint64_t iterations) {
    advance_lanes<Sha256>(streams, iterations);
}

}  // namespace latchkey::crypto::kernels::plain
