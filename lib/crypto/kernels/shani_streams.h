// SPDX-License-Identifier: LGPL-2.1-or-later
// The common part of the kernels of both hashes: the order of the rounds, HMAC, and the lanes.  docs/kdf-kernels.md
// explains it.
// Include it only in the files that define a Hash, which is a struct of
//     Words                     the words of a state as the instructions expect them
//     kGroups                   how many times it runs four rounds
//     four_rounds<group>()      runs rounds 4 * group to 4 * group + 3, and the message schedule that they need
//     load(), store()           convert a State to Words and back
//     sum(), exclusive_or()     add the state before the rounds to the one after them; XOR two digests
//     byte_order()              returns the order of the bytes of four message words, for _mm_shuffle_epi8
//     begin()                   prepares to hash a digest after the block that led to a state
#pragma once

#include <immintrin.h>

#include <utility>

#include "crypto/kernels/shani.h"

#define SHANI_INLINE SHANI __attribute__((always_inline)) inline

namespace latchkey::crypto::kernels::shani {

// A state and the sixteen message words for the coming rounds, four per register.
template <typename Words>
struct Rounds {
    Words state;
    __m128i w0, w1, w2, w3;
};

// Returns the register that holds words 4 * group to 4 * group + 3.
template <std::size_t group, typename Words>
SHANI_INLINE __m128i& message(Rounds<Words>& rounds) {
    if constexpr (group % 4 == 0) return rounds.w0;
    if constexpr (group % 4 == 1) return rounds.w1;
    if constexpr (group % 4 == 2) return rounds.w2;
    return rounds.w3;
}

// Returns four words of a state, the first one lowest.
SHANI_INLINE __m128i four_words(const State& state, std::size_t first) {
    return _mm_setr_epi32(static_cast<int>(state[first]), static_cast<int>(state[first + 1]),
                          static_cast<int>(state[first + 2]), static_cast<int>(state[first + 3]));
}
SHANI_INLINE void set_four_words(State& state, std::size_t first, __m128i words) {
    const __m128i zero = _mm_setzero_si128();
    auto* into = reinterpret_cast<__m128i*>(&state[first]);
    _mm_storeu_si128(into, _mm_unpacklo_epi32(words, zero));
    _mm_storeu_si128(into + 1, _mm_unpackhi_epi32(words, zero));
}

template <typename Hash, std::size_t group, typename... Each>
SHANI_INLINE void do_group(Each&... each) {
    (Hash::template four_rounds<group>(each), ...);
}

template <typename Hash, std::size_t... groups, typename... Each>
SHANI_INLINE void do_groups(std::index_sequence<groups...> /*in this order*/, Each&... each) {
    (do_group<Hash, groups>(each...), ...);
}

// Runs all rounds of several messages, four of each in turn, so that the instructions of one message fill the wait
// times of another.
template <typename Hash, typename... Each>
SHANI_INLINE void do_rounds(Each&... each) {
    do_groups<Hash>(std::make_index_sequence<Hash::kGroups>(), each...);
}

template <typename Hash>
SHANI void absorb(State& state, std::span<const std::byte> block) {
    const __m128i order = Hash::byte_order();
    const auto* words = reinterpret_cast<const __m128i*>(block.data());
    const typename Hash::Words before = Hash::load(state);
    Rounds<typename Hash::Words> rounds{before, _mm_shuffle_epi8(_mm_loadu_si128(words), order),
                                        _mm_shuffle_epi8(_mm_loadu_si128(words + 1), order),
                                        _mm_shuffle_epi8(_mm_loadu_si128(words + 2), order),
                                        _mm_shuffle_epi8(_mm_loadu_si128(words + 3), order)};
    do_rounds<Hash>(rounds);
    Hash::store(Hash::sum(rounds.state, before), state);
}

// A stream in registers.
template <typename Hash>
struct Lane {
    Rounds<typename Hash::Words> rounds;
    typename Hash::Words inner, outer, step, sum;
};

template <typename Hash>
SHANI_INLINE void take(Lane<Hash>& lane, const Stream& stream) {
    lane.inner = Hash::load(stream.inner);
    lane.outer = Hash::load(stream.outer);
    lane.step = Hash::load(stream.step);
    lane.sum = Hash::load(stream.sum);
}

template <typename Hash>
SHANI_INLINE void give(const Lane<Hash>& lane, Stream& stream) {
    Hash::store(lane.step, stream.step);
    Hash::store(lane.sum, stream.sum);
}

template <typename Hash>
SHANI_INLINE void begin_inner(Lane<Hash>& lane) {
    Hash::begin(lane.rounds, lane.step, lane.inner);
}
template <typename Hash>
SHANI_INLINE void begin_outer(Lane<Hash>& lane) {
    Hash::begin(lane.rounds, Hash::sum(lane.rounds.state, lane.inner), lane.outer);
}
template <typename Hash>
SHANI_INLINE void end(Lane<Hash>& lane) {
    lane.step = Hash::sum(lane.rounds.state, lane.outer);
    lane.sum = Hash::exclusive_or(lane.sum, lane.step);
}

// Computes U_(i+1) = HMAC(key, U_i) and adds it to the sum.
template <typename Hash, typename... Lanes>
SHANI_INLINE void iterate(std::uint64_t iterations, Lanes&... lanes) {
    for (; iterations != 0; --iterations) {
        (begin_inner<Hash>(lanes), ...);
        do_rounds<Hash>(lanes.rounds...);
        (begin_outer<Hash>(lanes), ...);
        do_rounds<Hash>(lanes.rounds...);
        (end<Hash>(lanes), ...);
    }
}

template <typename Hash, std::size_t... each>
SHANI_INLINE void advance_each(std::index_sequence<each...> /*streams*/, Stream* streams,
                               std::uint64_t iterations) {
    Lane<Hash> lanes[sizeof...(each)];
    (take<Hash>(lanes[each], streams[each]), ...);
    iterate<Hash>(iterations, lanes[each]...);
    (give<Hash>(lanes[each], streams[each]), ...);
}

template <typename Hash, std::size_t count>
SHANI void advance(Stream* streams, std::uint64_t iterations) {
    advance_each<Hash>(std::make_index_sequence<count>(), streams, iterations);
}

}  // namespace latchkey::crypto::kernels::shani
