// SPDX-License-Identifier: LGPL-2.1-or-later
// PBKDF2's inner loop, mostly with instructions that only some processors have.  docs/kdf-kernels.md explains each line of
// them.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "base/bytes.h"
#include "latchkey/secret.h"

namespace latchkey::crypto::kernels {

inline constexpr std::size_t kLongestBlock = 128;  // bytes, of SHA-512
inline constexpr std::size_t kMostStreams = 16;    // of any kernel
inline constexpr std::size_t kMostKernels = 24;

// The words A, B, C ... of FIPS 180-4, of 32 or 64 bits, as native integers.  SHA-1 uses five of them.
using State = std::array<std::uint64_t, 8>;

// One block T of a derived key (RFC 8018 section 5.2) between two iterations.
struct Stream {
    State inner{};  // the hash after the block of key ^ ipad (RFC 2104 section 2)
    State outer{};  // the hash after the block of key ^ opad
    State step{};   // U_i
    State sum{};    // U_1 ^ ... ^ U_i

    Stream() = default;
    Stream(const Stream&) = default;
    Stream& operator=(const Stream&) = default;
    ~Stream() {
        for (State* state : {&inner, &outer, &step, &sum})
            wipe_memory(std::as_writable_bytes(std::span(*state)));
    }
};

struct Kernel {
    std::string_view name;  // "sha256-shani-2"
    std::string_view hash;  // as in headers
    std::size_t streams;    // that it advances at once
    unsigned
        cost;  // time of one iteration of all streams, in any unit that the kernels of a hash share
    std::size_t block_bytes;
    State initial;        // H(0) of FIPS 180-4
    bool (*runs_here)();  // whether this processor has the instructions
    // Absorbs one block of a message, of block_bytes.
    void (*absorb)(State& state, std::span<const std::byte> block);
    // Runs this many more iterations of `streams` streams.
    void (*advance)(Stream* streams, std::uint64_t iterations);
};

// Returns all compiled-in kernels.  Check runs_here() before use.
[[nodiscard]] std::span<const Kernel> all_kernels();

// Overwrites what a kernel may have left in the vector registers and on the stack below the caller.
void wipe_leftovers();

}  // namespace latchkey::crypto::kernels
