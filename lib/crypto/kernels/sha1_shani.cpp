// SPDX-License-Identifier: LGPL-2.1-or-later
// SHA-1 (FIPS 180-4 section 6.1) by the SHA extensions of x86-64.  docs/kdf-kernels.md says what the instructions do.
#include "crypto/kernels/sha1_shani.h"

#if defined(__x86_64__)
#include <immintrin.h>

#define SHANI __attribute__((target("sha,ssse3,sse4.1")))
#define SHANI_INLINE __attribute__((target("sha,ssse3,sse4.1"), always_inline)) inline

namespace latchkey::crypto::kernels {
namespace {

// The five words of a state as the instructions want them: A and E are the highest of their registers.  Of the
// register of E the other words are zero in a state that rounds begin with, and anything during the rounds.
struct Sha1Words {
    __m128i abcd;
    __m128i e;
};

// A state and the sixteen words of the message that the coming rounds need, four to a register, the first the highest.
struct Sha1Rounds {
    Sha1Words state;
    __m128i w0, w1, w2, w3;
};

// Of the four registers the one of words 4 * group to 4 * group + 3.
template <int group>
SHANI_INLINE __m128i& sha1_message(Sha1Rounds& rounds) {
    if constexpr (group % 4 == 0) return rounds.w0;
    if constexpr (group % 4 == 1) return rounds.w1;
    if constexpr (group % 4 == 2) return rounds.w2;
    return rounds.w3;
}

// The words of this group from those of the four before it.
template <int group>
SHANI_INLINE void sha1_schedule(Sha1Rounds& rounds) {
    const __m128i begun =
        _mm_sha1msg1_epu32(sha1_message<group>(rounds), sha1_message<group + 1>(rounds));
    sha1_message<group>(rounds) = _mm_sha1msg2_epu32(
        _mm_xor_si128(begun, sha1_message<group + 2>(rounds)), sha1_message<group + 3>(rounds));
}

// Rounds 4 * group to 4 * group + 3.  Their first E is the A of four rounds ago, rotated: of the first group it is E.
template <int group>
SHANI_INLINE void sha1_four_rounds(Sha1Rounds& rounds) {
    if constexpr (group >= 4) sha1_schedule<group>(rounds);
    const __m128i words = sha1_message<group>(rounds);
    Sha1Words& state = rounds.state;
    const __m128i sums =
        group == 0 ? _mm_add_epi32(state.e, words) : _mm_sha1nexte_epu32(state.e, words);
    state.e = state.abcd;
    state.abcd = _mm_sha1rnds4_epu32(state.abcd, sums, group / 5);
}

template <int group, typename... Each>
SHANI_INLINE void sha1_group(Each&... each) {
    (sha1_four_rounds<group>(each), ...);
}

// All rounds of several messages, four of each in turn, so that one's instructions fill the waits of another's.
template <typename... Each>
SHANI_INLINE void sha1_rounds(Each&... each) {
    sha1_group<0>(each...);
    sha1_group<1>(each...);
    sha1_group<2>(each...);
    sha1_group<3>(each...);
    sha1_group<4>(each...);
    sha1_group<5>(each...);
    sha1_group<6>(each...);
    sha1_group<7>(each...);
    sha1_group<8>(each...);
    sha1_group<9>(each...);
    sha1_group<10>(each...);
    sha1_group<11>(each...);
    sha1_group<12>(each...);
    sha1_group<13>(each...);
    sha1_group<14>(each...);
    sha1_group<15>(each...);
    sha1_group<16>(each...);
    sha1_group<17>(each...);
    sha1_group<18>(each...);
    sha1_group<19>(each...);
}

SHANI_INLINE Sha1Words sha1_load(const State& from) {
    const auto* words = reinterpret_cast<const __m128i*>(from.data());
    return {_mm_shuffle_epi32(_mm_loadu_si128(words), 0x1b),
            _mm_setr_epi32(0, 0, 0, static_cast<int>(from[4]))};
}

SHANI_INLINE void sha1_store(const Sha1Words& state, State& into) {
    auto* words = reinterpret_cast<__m128i*>(into.data());
    _mm_storeu_si128(words, _mm_shuffle_epi32(state.abcd, 0x1b));
    into[4] = static_cast<std::uint32_t>(_mm_extract_epi32(state.e, 3));
}

// What the rounds left, added to the state that they began with.
SHANI_INLINE Sha1Words sha1_sum(const Sha1Words& rounded, const Sha1Words& before) {
    return {_mm_add_epi32(rounded.abcd, before.abcd), _mm_sha1nexte_epu32(rounded.e, before.e)};
}

// A stream in registers.
struct Sha1Lane {
    Sha1Rounds rounds;
    Sha1Words inner, outer, step, sum;
};

SHANI_INLINE void sha1_take(Sha1Lane& lane, const Stream& stream) {
    lane.inner = sha1_load(stream.inner);
    lane.outer = sha1_load(stream.outer);
    lane.step = sha1_load(stream.step);
    lane.sum = sha1_load(stream.sum);
}

SHANI_INLINE void sha1_give(const Sha1Lane& lane, Stream& stream) {
    sha1_store(lane.step, stream.step);
    sha1_store(lane.sum, stream.sum);
}

// Makes ready to hash `digest` behind the block that led to `state`: the digest, the bit 1, zeros, and the length of
// both blocks' 64 + 20 bytes in bits.
SHANI_INLINE void sha1_begin(Sha1Rounds& rounds, const Sha1Words& digest, const Sha1Words& state) {
    rounds.w0 = digest.abcd;
    rounds.w1 = _mm_or_si128(digest.e, _mm_setr_epi32(0, 0, INT32_MIN, 0));
    rounds.w2 = _mm_setzero_si128();
    rounds.w3 = _mm_setr_epi32((64 + 20) * 8, 0, 0, 0);
    rounds.state = state;
}

SHANI_INLINE void sha1_begin_inner(Sha1Lane& lane) {
    sha1_begin(lane.rounds, lane.step, lane.inner);
}
SHANI_INLINE void sha1_begin_outer(Sha1Lane& lane) {
    sha1_begin(lane.rounds, sha1_sum(lane.rounds.state, lane.inner), lane.outer);
}
SHANI_INLINE void sha1_end(Sha1Lane& lane) {
    lane.step = sha1_sum(lane.rounds.state, lane.outer);
    lane.sum.abcd = _mm_xor_si128(lane.sum.abcd, lane.step.abcd);
    lane.sum.e = _mm_xor_si128(lane.sum.e, lane.step.e);
}

// U_(i+1) = HMAC(key, U_i), added to the sum.
template <typename... Lanes>
SHANI_INLINE void sha1_iterate(std::uint64_t iterations, Lanes&... lanes) {
    for (; iterations != 0; --iterations) {
        (sha1_begin_inner(lanes), ...);
        sha1_rounds(lanes.rounds...);
        (sha1_begin_outer(lanes), ...);
        sha1_rounds(lanes.rounds...);
        (sha1_end(lanes), ...);
    }
}

}  // namespace

SHANI void sha1_shani_absorb(State& state, std::span<const std::byte, kBlockBytes> block) {
    const __m128i big_endian = _mm_setr_epi8(15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0);
    const auto* words = reinterpret_cast<const __m128i*>(block.data());
    const Sha1Words before = sha1_load(state);
    Sha1Rounds rounds{before, _mm_shuffle_epi8(_mm_loadu_si128(words), big_endian),
                      _mm_shuffle_epi8(_mm_loadu_si128(words + 1), big_endian),
                      _mm_shuffle_epi8(_mm_loadu_si128(words + 2), big_endian),
                      _mm_shuffle_epi8(_mm_loadu_si128(words + 3), big_endian)};
    sha1_rounds(rounds);
    sha1_store(sha1_sum(rounds.state, before), state);
}

SHANI void sha1_shani_advance_1(Stream* streams, std::uint64_t iterations) {
    Sha1Lane a;
    sha1_take(a, streams[0]);
    sha1_iterate(iterations, a);
    sha1_give(a, streams[0]);
}

SHANI void sha1_shani_advance_2(Stream* streams, std::uint64_t iterations) {
    Sha1Lane a;
    Sha1Lane b;
    sha1_take(a, streams[0]);
    sha1_take(b, streams[1]);
    sha1_iterate(iterations, a, b);
    sha1_give(a, streams[0]);
    sha1_give(b, streams[1]);
}

SHANI void sha1_shani_advance_4(Stream* streams, std::uint64_t iterations) {
    Sha1Lane a;
    Sha1Lane b;
    Sha1Lane c;
    Sha1Lane d;
    sha1_take(a, streams[0]);
    sha1_take(b, streams[1]);
    sha1_take(c, streams[2]);
    sha1_take(d, streams[3]);
    sha1_iterate(iterations, a, b, c, d);
    sha1_give(a, streams[0]);
    sha1_give(b, streams[1]);
    sha1_give(c, streams[2]);
    sha1_give(d, streams[3]);
}

}  // namespace latchkey::crypto::kernels
#undef SHANI
#undef SHANI_INLINE
#endif
