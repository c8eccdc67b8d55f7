// SPDX-License-Identifier: LGPL-2.1-or-later
// SHA-256 (FIPS 180-4 section 6.2) with the SHA extensions of x86-64.  docs/kdf-kernels.md explains the instructions.
#if defined(__x86_64__)
#include "crypto/kernels/constants.h"
#include "crypto/kernels/shani_streams.h"

namespace latchkey::crypto::kernels::shani {

struct Sha256 {
    // The eight words of a state.  In "abef" the lowest word is F and the highest is A.
    struct Words {
        __m128i abef;
        __m128i cdgh;
    };
    static constexpr std::size_t kGroups = 16;

    // Also finishes the message words of the next group and starts those of group + 3.  The first word of a register is
    // the lowest.
    template <std::size_t group>
    SHANI_INLINE static void four_rounds(Rounds<Words>& rounds) {
        const __m128i now = message<group>(rounds);
        __m128i& previous = message<group + 3>(rounds);
        __m128i& next = message<group + 1>(rounds);
        const __m128i constants =
            _mm_load_si128(reinterpret_cast<const __m128i*>(kSha256Constants) + group);
        const __m128i sums = _mm_add_epi32(now, constants);
        Words& state = rounds.state;
        state.cdgh = _mm_sha256rnds2_epu32(state.cdgh, state.abef, sums);
        if constexpr (group >= 3 && group < 15) {
            next = _mm_add_epi32(next, _mm_alignr_epi8(now, previous, 4));
            next = _mm_sha256msg2_epu32(next, now);
        }
        state.abef = _mm_sha256rnds2_epu32(state.abef, state.cdgh, _mm_shuffle_epi32(sums, 0x0e));
        if constexpr (group >= 1 && group < 13) previous = _mm_sha256msg1_epu32(previous, now);
    }

    SHANI_INLINE static Words load(const State& from) {
        const __m128i badc = _mm_shuffle_epi32(four_words(from, 0), 0xb1);
        const __m128i fehg = _mm_shuffle_epi32(four_words(from, 4), 0xb1);
        return {_mm_unpacklo_epi64(fehg, badc), _mm_unpackhi_epi64(fehg, badc)};
    }

    // Return A to D and E to H as words of a message, the first one lowest.
    SHANI_INLINE static __m128i first_half(const Words& state) {
        return _mm_shuffle_epi32(_mm_unpackhi_epi64(state.abef, state.cdgh), 0xb1);
    }
    SHANI_INLINE static __m128i second_half(const Words& state) {
        return _mm_shuffle_epi32(_mm_unpacklo_epi64(state.abef, state.cdgh), 0xb1);
    }

    SHANI_INLINE static void store(const Words& state, State& into) {
        set_four_words(into, 0, first_half(state));
        set_four_words(into, 4, second_half(state));
    }

    SHANI_INLINE static Words sum(const Words& a, const Words& b) {
        return {_mm_add_epi32(a.abef, b.abef), _mm_add_epi32(a.cdgh, b.cdgh)};
    }

    SHANI_INLINE static Words exclusive_or(const Words& a, const Words& b) {
        return {_mm_xor_si128(a.abef, b.abef), _mm_xor_si128(a.cdgh, b.cdgh)};
    }

    SHANI_INLINE static __m128i byte_order() {
        return _mm_setr_epi8(3, 2, 1, 0, 7, 6, 5, 4, 11, 10, 9, 8, 15, 14, 13, 12);
    }

    // Sets the digest, the bit 1, zeros, and the length of both blocks' 64 + 32 bytes in bits.
    SHANI_INLINE static void begin(Rounds<Words>& rounds, const Words& digest, const Words& state) {
        rounds.w0 = first_half(digest);
        rounds.w1 = second_half(digest);
        rounds.w2 = _mm_setr_epi32(INT32_MIN, 0, 0, 0);
        rounds.w3 = _mm_setr_epi32(0, 0, 0, (64 + 32) * 8);
        rounds.state = state;
    }
};

template void absorb<Sha256>(State& state, std::span<const std::byte> block);
template void advance<Sha256, 1>(Stream* streams, std::uint64_t iterations);
template void advance<Sha256, 2>(Stream* streams, std::uint64_t iterations);
template void advance<Sha256, 4>(Stream* streams, std::uint64_t iterations);

}  // namespace latchkey::crypto::kernels::shani
#endif
