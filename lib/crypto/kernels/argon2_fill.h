// SPDX-License-Identifier: LGPL-2.1-or-later
// Which blocks Argon2 combines (RFC 9106 sections 3.2 to 3.4), for any `Mixer`, which is a struct of
//     begin(x, y)      takes X ^ Y and applies P to its rows
//     first_word()     applies P to the first columns; returns the first word of Z
//     finish(...)      does the other columns, and writes Z ^ X ^ Y, in later passes also ^ what was there
// Include it only in the files that define a Mixer, and KERNEL_TARGET, which enables its instructions for one function.
#pragma once

#include "crypto/kernels/argon2.h"

#define KERNEL_INLINE KERNEL_TARGET __attribute__((always_inline)) inline

namespace latchkey::crypto::kernels {

inline constexpr std::uint32_t kAddressesInBlock = 128;

template <typename Mixer>
class Argon2Filler {
  public:
    KERNEL_INLINE explicit Argon2Filler(const Argon2Run& run)
        : run_(run),
          independent_(run.shape.type == 1 || (run.pass == 0 && run.slice < kSlices / 2)),
          lane_blocks_(run.memory + std::size_t{run.lane} * run.shape.lane_blocks) {}

    KERNEL_INLINE void fill() {
        if (run_.from >= run_.to) return;
        if (independent_) load_addresses(run_.from);
        const Argon2Block* reference = reference_of(run_.from, random_of(run_.from));
        for (std::uint32_t index = run_.from; index < run_.to; ++index) {
            const std::uint32_t column = run_.slice * run_.shape.segment_blocks() + index;
            const Argon2Block& previous =
                lane_blocks_[column == 0 ? run_.shape.lane_blocks - 1 : column - 1];
            Argon2Block& block = lane_blocks_[column];
            const bool has_next = index + 1 < run_.to;
            const Argon2Block* next = nullptr;
            Mixer mixer;
            mixer.begin(previous, *reference);
            // The next reference is known, at the latest, when the first word of this block is: it is on its way
            // through the memory while the other columns are computed.
            const std::uint64_t first = mixer.first_word();
            if (has_next) {
                next = reference_of(index + 1,
                                    next_random(index + 1, first, previous, *reference, block));
                prefetch(next);
            }
            if (run_.pass == 0)
                mixer.template finish<false>(previous, *reference, block);
            else
                mixer.template finish<true>(previous, *reference, block);
            reference = next;
        }
    }

  private:
    KERNEL_INLINE static void prefetch(const Argon2Block* block) {
        const auto* bytes = reinterpret_cast<const char*>(block);
        for (std::size_t at = 0; at < sizeof *block; at += 64) __builtin_prefetch(bytes + at);
    }

    // Returns J1 and J2 of a block whose predecessor is complete.
    KERNEL_INLINE std::uint64_t random_of(std::uint32_t index) const {
        if (independent_) return addresses_.words[index % kAddressesInBlock];
        const std::uint32_t column = run_.slice * run_.shape.segment_blocks() + index;
        return lane_blocks_[column == 0 ? run_.shape.lane_blocks - 1 : column - 1].words[0];
    }

    // Returns the same while the predecessor is computed: `first` is the first word of its Z.
    KERNEL_INLINE std::uint64_t next_random(std::uint32_t index, std::uint64_t first,
                                            const Argon2Block& x, const Argon2Block& y,
                                            const Argon2Block& before) {
        if (independent_) {
            if (index % kAddressesInBlock == 0) load_addresses(index);
            return addresses_.words[index % kAddressesInBlock];
        }
        const std::uint64_t word = first ^ x.words[0] ^ y.words[0];
        return run_.pass == 0 ? word : word ^ before.words[0];
    }

    // Section 3.4.1.2: G(0, G(0, counter block)) holds the randoms of 128 blocks.
    KERNEL_TARGET __attribute__((noinline)) void load_addresses(std::uint32_t index) {
        static constexpr Argon2Block kZero{};
        Argon2Block input{};
        input.words[0] = run_.pass;
        input.words[1] = run_.lane;
        input.words[2] = run_.slice;
        input.words[3] = run_.shape.all_blocks();
        input.words[4] = run_.shape.passes;
        input.words[5] = run_.shape.type;
        input.words[6] = index / kAddressesInBlock + 1;
        compress(kZero, input, addresses_);
        input = addresses_;
        compress(kZero, input, addresses_);
    }
    KERNEL_INLINE static void compress(const Argon2Block& x, const Argon2Block& y,
                                       Argon2Block& into) {
        Mixer mixer;
        mixer.begin(x, y);
        (void)mixer.first_word();
        mixer.template finish<false>(x, y, into);
    }

    // Section 3.4.2.
    KERNEL_INLINE const Argon2Block* reference_of(std::uint32_t index, std::uint64_t random) const {
        const Argon2Shape& shape = run_.shape;
        const std::uint32_t segment = shape.segment_blocks();
        const bool at_start = run_.pass == 0 && run_.slice == 0;
        const std::uint32_t lane =
            at_start ? run_.lane : static_cast<std::uint32_t>((random >> 32U) % shape.lanes);
        // All finished segments that are still there, and in the same lane what precedes the previous block.
        std::uint64_t size = run_.pass == 0 ? std::uint64_t{run_.slice} * segment
                                            : std::uint64_t{shape.lane_blocks} - segment;
        if (lane == run_.lane) size += index;
        if (lane == run_.lane || index == 0) --size;
        const std::uint64_t j1 = random & UINT32_MAX;
        const std::uint64_t distance = (size * ((j1 * j1) >> 32U)) >> 32U;
        std::uint64_t column = size - 1 - distance;
        if (run_.pass != 0) {
            column += std::uint64_t{run_.slice + 1} * segment;  // where the oldest segment begins
            if (column >= shape.lane_blocks) column -= shape.lane_blocks;
            if (column >= shape.lane_blocks) column -= shape.lane_blocks;
        }
        return run_.memory + std::size_t{lane} * shape.lane_blocks + column;
    }

    const Argon2Run& run_;
    const bool independent_;
    Argon2Block* const lane_blocks_;
    Argon2Block addresses_{};
};

}  // namespace latchkey::crypto::kernels
