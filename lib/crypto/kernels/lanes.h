// SPDX-License-Identifier: LGPL-2.1-or-later
// PBKDF2's loop over any hash, with one stream in each lane of a vector.  docs/kdf-kernels.md explains it.
// Include it only in the files that define `Vector`, which is a struct of functions for one set of instructions:
//     Word, Words, kLanes           the type of one word, and of one word of each lane
//     add(), exclusive_or()         of two words; of three words: exclusive_or3()
//     choose(), majority()          Ch and Maj of FIPS 180-4
//     rotate_right<n>(), shift_right<n>(), all()
// and KERNEL_TARGET, which enables these instructions for one function.
#pragma once

#include <cstring>
#include <utility>

#include "crypto/kernels/kernel.h"

#define KERNEL_INLINE KERNEL_TARGET __attribute__((always_inline)) inline

namespace latchkey::crypto::kernels {

template <typename Vector>
KERNEL_INLINE typename Vector::Words gather(State Stream::*part, const Stream* streams,
                                            std::size_t word) {
    typename Vector::Word lanes[Vector::kLanes];
    for (std::size_t i = 0; i < Vector::kLanes; ++i)
        lanes[i] = static_cast<typename Vector::Word>((streams[i].*part)[word]);
    typename Vector::Words words;
    std::memcpy(&words, lanes, sizeof words);
    return words;
}

template <typename Vector>
KERNEL_INLINE void scatter(const typename Vector::Words& words, State Stream::*part,
                           Stream* streams, std::size_t word) {
    typename Vector::Word lanes[Vector::kLanes];
    std::memcpy(lanes, &words, sizeof words);
    for (std::size_t i = 0; i < Vector::kLanes; ++i) (streams[i].*part)[word] = lanes[i];
}

// Words of the states of all lanes.
template <typename Hash>
struct LaneState {
    typename Hash::Words word[Hash::kStateWords];
};

template <typename Hash>
KERNEL_INLINE LaneState<Hash> gather_state(State Stream::*part, const Stream* streams) {
    LaneState<Hash> state;
    for (std::size_t i = 0; i < Hash::kStateWords; ++i)
        state.word[i] = gather<typename Hash::Vector>(part, streams, i);
    return state;
}

template <typename Hash>
KERNEL_INLINE void scatter_state(const LaneState<Hash>& state, State Stream::*part,
                                 Stream* streams) {
    for (std::size_t i = 0; i < Hash::kStateWords; ++i)
        scatter<typename Hash::Vector>(state.word[i], part, streams, i);
}

// Hashes a digest after the block that led to `state`: the digest, the bit 1, zeros, and the length in bits of that
// block and the digest.
template <typename Hash>
KERNEL_INLINE void hash_digest(LaneState<Hash>& state, const LaneState<Hash>& digest) {
    using Vector = typename Hash::Vector;
    using Word = typename Vector::Word;
    typename Hash::Words message[16];
    for (std::size_t i = 0; i < Hash::kStateWords; ++i) message[i] = digest.word[i];
    message[Hash::kStateWords] = Vector::all(Word{1} << (8 * sizeof(Word) - 1));
    for (std::size_t i = Hash::kStateWords + 1; i < 15; ++i) message[i] = Vector::all(0);
    message[15] = Vector::all(Word{8 * sizeof(Word) * (16 + Hash::kStateWords)});
    Hash::compress(state.word, message);
}

// Works as Kernel::advance for as many streams as the vector has lanes.
template <typename Hash>
KERNEL_TARGET void advance_lanes(Stream* streams, std::uint64_t iterations) {
    using States = LaneState<Hash>;
    const States inner = gather_state<Hash>(&Stream::inner, streams);
    const States outer = gather_state<Hash>(&Stream::outer, streams);
    States step = gather_state<Hash>(&Stream::step, streams);
    States sum = gather_state<Hash>(&Stream::sum, streams);
    for (; iterations != 0; --iterations) {
        States inner_digest = inner;
        hash_digest<Hash>(inner_digest, step);
        step = outer;
        hash_digest<Hash>(step, inner_digest);
        for (std::size_t i = 0; i < Hash::kStateWords; ++i)
            sum.word[i] = Hash::Vector::exclusive_or(sum.word[i], step.word[i]);
    }
    scatter_state<Hash>(step, &Stream::step, streams);
    scatter_state<Hash>(sum, &Stream::sum, streams);
}

// Works as Kernel::absorb; for a vector of one lane.
template <typename Hash>
KERNEL_TARGET void absorb_block(kernels::State& state, std::span<const std::byte> block) {
    using Word = typename Hash::Vector::Word;
    static_assert(Hash::Vector::kLanes == 1);
    typename Hash::Words message[16];
    for (std::size_t i = 0; i < 16; ++i) {
        Word word = 0;
        for (std::size_t j = 0; j < sizeof word; ++j)
            word =
                static_cast<Word>(word << 8U) | std::to_integer<Word>(block[i * sizeof word + j]);
        message[i] = word;
    }
    LaneState<Hash> words;
    for (std::size_t i = 0; i < Hash::kStateWords; ++i) words.word[i] = static_cast<Word>(state[i]);
    Hash::compress(words.word, message);
    for (std::size_t i = 0; i < Hash::kStateWords; ++i) state[i] = words.word[i];
}

}  // namespace latchkey::crypto::kernels
