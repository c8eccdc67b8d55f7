// SPDX-License-Identifier: LGPL-2.1-or-later
// Argon2's inner loop (RFC 9106 section 3): fills memory with blocks.  docs/kdf-kernels.md explains it.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace latchkey::crypto::kernels {

inline constexpr std::uint32_t kSlices = 4;  // SL of RFC 9106
inline constexpr std::size_t kMostArgon2Kernels = 4;

struct alignas(64) Argon2Block {
    std::array<std::uint64_t, 128> words;
};

// One computation.
struct Argon2Shape {
    std::uint32_t type = 2;         // y of RFC 9106: 1 = Argon2i, 2 = Argon2id
    std::uint32_t passes = 1;       // t
    std::uint32_t lanes = 1;        // p
    std::uint32_t lane_blocks = 8;  // q, a multiple of kSlices

    [[nodiscard]] std::uint32_t segment_blocks() const { return lane_blocks / kSlices; }
    [[nodiscard]] std::uint64_t all_blocks() const { return std::uint64_t{lanes} * lane_blocks; }
};

// Blocks of one segment, which is where one lane and one slice meet.
struct Argon2Run {
    Argon2Shape shape;
    Argon2Block* memory = nullptr;  // lane after lane
    std::uint32_t pass = 0;
    std::uint32_t slice = 0;
    std::uint32_t lane = 0;
    std::uint32_t from = 0;  // in the segment
    std::uint32_t to = 0;
};

struct Argon2Kernel {
    std::string_view name;  // "argon2-avx2"
    bool (*runs_here)();
    // Fills the blocks of the run.  The first two blocks of each lane must be there before the first pass.
    void (*fill)(const Argon2Run& run);
};

// Returns all compiled-in kernels, the fastest first.  Check runs_here() before use.
[[nodiscard]] std::span<const Argon2Kernel> all_argon2_kernels();

}  // namespace latchkey::crypto::kernels
