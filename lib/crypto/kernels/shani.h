// SPDX-License-Identifier: LGPL-2.1-or-later
// Kernels with the SHA extensions of x86-64.  Call only if has_sha_extensions() of processor.h returns true.
#pragma once

#include "crypto/kernels/kernel.h"

// Enables the instructions for one function, so that the rest of the program runs on any x86-64.
#define SHANI __attribute__((target("sha,ssse3,sse4.1")))

namespace latchkey::crypto::kernels::shani {

struct Sha1;    // sha1_shani.cpp
struct Sha256;  // sha256_shani.cpp

// Works as Kernel::absorb.
template <typename Hash>
SHANI void absorb(State& state, std::span<const std::byte> block);

// Works as Kernel::advance, for one, two or four streams.
template <typename Hash, std::size_t count>
SHANI void advance(Stream* streams, std::uint64_t iterations);

}  // namespace latchkey::crypto::kernels::shani
