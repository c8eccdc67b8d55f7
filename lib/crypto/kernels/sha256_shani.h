// SPDX-License-Identifier: LGPL-2.1-or-later
// SHA-256 by the SHA extensions of x86-64, for processor.h's has_sha_extensions() alone.
#pragma once

#include "crypto/kernels/kernel.h"

namespace latchkey::crypto::kernels {

void sha256_shani_absorb(State& state, std::span<const std::byte, kBlockBytes> block);
// As Kernel::advance, for one, two and four streams.
void sha256_shani_advance_1(Stream* streams, std::uint64_t iterations);
void sha256_shani_advance_2(Stream* streams, std::uint64_t iterations);
void sha256_shani_advance_4(Stream* streams, std::uint64_t iterations);

}  // namespace latchkey::crypto::kernels
