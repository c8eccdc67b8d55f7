// SPDX-License-Identifier: LGPL-2.1-or-later
// SHA-256 (FIPS 180-4 section 6.2) by the SHA extensions of x86-64.  docs/kdf-kernels.md says what the instructions do.
#include "crypto/kernels/sha256_shani.h"

#if defined(__x86_64__)
#include <immintrin.h>

#define SHANI __attribute__((target("sha,ssse3,sse4.1")))
#define SHANI_INLINE __attribute__((target("sha,ssse3,sse4.1"), always_inline)) inline

namespace latchkey::crypto::kernels {
namespace {

// FIPS 180-4 section 4.2.2.
alignas(16) constexpr std::uint32_t kSha256Constants[64] = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2};

// The eight words of a state as the instructions want them.  Of "abef" the lowest word is F, the highest A.
struct Sha256Words {
    __m128i abef;
    __m128i cdgh;
};

// A state and the sixteen words of the message that the coming rounds need, four to a register.
struct Sha256Rounds {
    Sha256Words state;
    __m128i w0, w1, w2, w3;
};

// Of the four registers the one of words 4 * group to 4 * group + 3.
template <int group>
SHANI_INLINE __m128i& sha256_message(Sha256Rounds& rounds) {
    if constexpr (group % 4 == 0) return rounds.w0;
    if constexpr (group % 4 == 1) return rounds.w1;
    if constexpr (group % 4 == 2) return rounds.w2;
    return rounds.w3;
}

// Rounds 4 * group to 4 * group + 3, and what they can do for the words of the groups to come: the words of the next
// group are finished, those of group + 3 begun.
template <int group>
SHANI_INLINE void sha256_four_rounds(Sha256Rounds& rounds) {
    const __m128i now = sha256_message<group>(rounds);
    __m128i& previous = sha256_message<group + 3>(rounds);
    __m128i& next = sha256_message<group + 1>(rounds);
    const __m128i constants =
        _mm_load_si128(reinterpret_cast<const __m128i*>(kSha256Constants) + group);
    const __m128i sums = _mm_add_epi32(now, constants);
    Sha256Words& state = rounds.state;
    state.cdgh = _mm_sha256rnds2_epu32(state.cdgh, state.abef, sums);
    if constexpr (group >= 3 && group < 15) {
        next = _mm_add_epi32(next, _mm_alignr_epi8(now, previous, 4));
        next = _mm_sha256msg2_epu32(next, now);
    }
    state.abef = _mm_sha256rnds2_epu32(state.abef, state.cdgh, _mm_shuffle_epi32(sums, 0x0e));
    if constexpr (group >= 1 && group < 13) previous = _mm_sha256msg1_epu32(previous, now);
}

template <int group, typename... Each>
SHANI_INLINE void sha256_group(Each&... each) {
    (sha256_four_rounds<group>(each), ...);
}

// All rounds of several messages, four of each in turn, so that one's instructions fill the waits of another's.
template <typename... Each>
SHANI_INLINE void sha256_rounds(Each&... each) {
    sha256_group<0>(each...);
    sha256_group<1>(each...);
    sha256_group<2>(each...);
    sha256_group<3>(each...);
    sha256_group<4>(each...);
    sha256_group<5>(each...);
    sha256_group<6>(each...);
    sha256_group<7>(each...);
    sha256_group<8>(each...);
    sha256_group<9>(each...);
    sha256_group<10>(each...);
    sha256_group<11>(each...);
    sha256_group<12>(each...);
    sha256_group<13>(each...);
    sha256_group<14>(each...);
    sha256_group<15>(each...);
}

SHANI_INLINE Sha256Words sha256_load(const State& from) {
    const auto* words = reinterpret_cast<const __m128i*>(from.data());
    const __m128i badc = _mm_shuffle_epi32(_mm_loadu_si128(words), 0xb1);
    const __m128i fehg = _mm_shuffle_epi32(_mm_loadu_si128(words + 1), 0xb1);
    return {_mm_unpacklo_epi64(fehg, badc), _mm_unpackhi_epi64(fehg, badc)};
}

// A to D, and E to H, the first the lowest: as words of a message.
SHANI_INLINE __m128i sha256_first_half(const Sha256Words& state) {
    return _mm_shuffle_epi32(_mm_unpackhi_epi64(state.abef, state.cdgh), 0xb1);
}
SHANI_INLINE __m128i sha256_second_half(const Sha256Words& state) {
    return _mm_shuffle_epi32(_mm_unpacklo_epi64(state.abef, state.cdgh), 0xb1);
}

SHANI_INLINE void sha256_store(const Sha256Words& state, State& into) {
    auto* words = reinterpret_cast<__m128i*>(into.data());
    _mm_storeu_si128(words, sha256_first_half(state));
    _mm_storeu_si128(words + 1, sha256_second_half(state));
}

SHANI_INLINE Sha256Words sha256_sum(const Sha256Words& a, const Sha256Words& b) {
    return {_mm_add_epi32(a.abef, b.abef), _mm_add_epi32(a.cdgh, b.cdgh)};
}

// A stream in registers.
struct Sha256Lane {
    Sha256Rounds rounds;
    Sha256Words inner, outer, step, sum;
};

SHANI_INLINE void sha256_take(Sha256Lane& lane, const Stream& stream) {
    lane.inner = sha256_load(stream.inner);
    lane.outer = sha256_load(stream.outer);
    lane.step = sha256_load(stream.step);
    lane.sum = sha256_load(stream.sum);
}

SHANI_INLINE void sha256_give(const Sha256Lane& lane, Stream& stream) {
    sha256_store(lane.step, stream.step);
    sha256_store(lane.sum, stream.sum);
}

// Makes ready to hash `digest` behind the block that led to `state`: the digest, the bit 1, zeros, and the length of
// both blocks' 64 + 32 bytes in bits.
SHANI_INLINE void sha256_begin(Sha256Rounds& rounds, const Sha256Words& digest,
                               const Sha256Words& state) {
    rounds.w0 = sha256_first_half(digest);
    rounds.w1 = sha256_second_half(digest);
    rounds.w2 = _mm_setr_epi32(INT32_MIN, 0, 0, 0);
    rounds.w3 = _mm_setr_epi32(0, 0, 0, (64 + 32) * 8);
    rounds.state = state;
}

SHANI_INLINE void sha256_begin_inner(Sha256Lane& lane) {
    sha256_begin(lane.rounds, lane.step, lane.inner);
}
SHANI_INLINE void sha256_begin_outer(Sha256Lane& lane) {
    sha256_begin(lane.rounds, sha256_sum(lane.rounds.state, lane.inner), lane.outer);
}
SHANI_INLINE void sha256_end(Sha256Lane& lane) {
    lane.step = sha256_sum(lane.rounds.state, lane.outer);
    lane.sum.abef = _mm_xor_si128(lane.sum.abef, lane.step.abef);
    lane.sum.cdgh = _mm_xor_si128(lane.sum.cdgh, lane.step.cdgh);
}

// U_(i+1) = HMAC(key, U_i), added to the sum.
template <typename... Lanes>
SHANI_INLINE void sha256_iterate(std::uint64_t iterations, Lanes&... lanes) {
    for (; iterations != 0; --iterations) {
        (sha256_begin_inner(lanes), ...);
        sha256_rounds(lanes.rounds...);
        (sha256_begin_outer(lanes), ...);
        sha256_rounds(lanes.rounds...);
        (sha256_end(lanes), ...);
    }
}

}  // namespace

SHANI void sha256_shani_absorb(State& state, std::span<const std::byte, kBlockBytes> block) {
    const __m128i big_endian = _mm_setr_epi8(3, 2, 1, 0, 7, 6, 5, 4, 11, 10, 9, 8, 15, 14, 13, 12);
    const auto* words = reinterpret_cast<const __m128i*>(block.data());
    const Sha256Words before = sha256_load(state);
    Sha256Rounds rounds{before, _mm_shuffle_epi8(_mm_loadu_si128(words), big_endian),
                        _mm_shuffle_epi8(_mm_loadu_si128(words + 1), big_endian),
                        _mm_shuffle_epi8(_mm_loadu_si128(words + 2), big_endian),
                        _mm_shuffle_epi8(_mm_loadu_si128(words + 3), big_endian)};
    sha256_rounds(rounds);
    sha256_store(sha256_sum(rounds.state, before), state);
}

SHANI void sha256_shani_advance_1(Stream* streams, std::uint64_t iterations) {
    Sha256Lane a;
    sha256_take(a, streams[0]);
    sha256_iterate(iterations, a);
    sha256_give(a, streams[0]);
}

SHANI void sha256_shani_advance_2(Stream* streams, std::uint64_t iterations) {
    Sha256Lane a;
    Sha256Lane b;
    sha256_take(a, streams[0]);
    sha256_take(b, streams[1]);
    sha256_iterate(iterations, a, b);
    sha256_give(a, streams[0]);
    sha256_give(b, streams[1]);
}

SHANI void sha256_shani_advance_4(Stream* streams, std::uint64_t iterations) {
    Sha256Lane a;
    Sha256Lane b;
    Sha256Lane c;
    Sha256Lane d;
    sha256_take(a, streams[0]);
    sha256_take(b, streams[1]);
    sha256_take(c, streams[2]);
    sha256_take(d, streams[3]);
    sha256_iterate(iterations, a, b, c, d);
    sha256_give(a, streams[0]);
    sha256_give(b, streams[1]);
    sha256_give(c, streams[2]);
    sha256_give(d, streams[3]);
}

}  // namespace latchkey::crypto::kernels
#undef SHANI
#undef SHANI_INLINE
#endif
