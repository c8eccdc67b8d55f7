// SPDX-License-Identifier: LGPL-2.1-or-later
// SHA-1 (FIPS 180-4 section 6.1) with the SHA extensions of x86-64.  docs/kdf-kernels.md explains the instructions.
#if defined(__x86_64__)
#include "crypto/kernels/shani_streams.h"

namespace latchkey::crypto::kernels::shani {

struct Sha1 {
    // The five words of a state: A and E are the highest words of their registers.  The other words of E's register are
    // zero before the first round, and arbitrary during the rounds.
    struct Words {
        __m128i abcd;
        __m128i e;
    };
    static constexpr std::size_t kGroups = 20;

    // Computes the words of this group from those of the four groups before it.  The first word of a register is the
    // highest.
    template <std::size_t group>
    SHANI_INLINE static void schedule(Rounds<Words>& rounds) {
        const __m128i begun =
            _mm_sha1msg1_epu32(message<group>(rounds), message<group + 1>(rounds));
        message<group>(rounds) = _mm_sha1msg2_epu32(
            _mm_xor_si128(begun, message<group + 2>(rounds)), message<group + 3>(rounds));
    }

    // E at the start of a group is the rotated A of four rounds ago, or E itself in the first group.
    template <std::size_t group>
    SHANI_INLINE static void four_rounds(Rounds<Words>& rounds) {
        if constexpr (group >= 4) schedule<group>(rounds);
        const __m128i words = message<group>(rounds);
        Words& state = rounds.state;
        const __m128i sums =
            group == 0 ? _mm_add_epi32(state.e, words) : _mm_sha1nexte_epu32(state.e, words);
        state.e = state.abcd;
        state.abcd = _mm_sha1rnds4_epu32(state.abcd, sums, group / 5);
    }

    SHANI_INLINE static Words load(const State& from) {
        return {_mm_shuffle_epi32(four_words(from, 0), 0x1b),
                _mm_setr_epi32(0, 0, 0, static_cast<int>(from[4]))};
    }

    SHANI_INLINE static void store(const Words& state, State& into) {
        set_four_words(into, 0, _mm_shuffle_epi32(state.abcd, 0x1b));
        into[4] = static_cast<std::uint32_t>(_mm_extract_epi32(state.e, 3));
    }

    SHANI_INLINE static Words sum(const Words& rounded, const Words& before) {
        return {_mm_add_epi32(rounded.abcd, before.abcd), _mm_sha1nexte_epu32(rounded.e, before.e)};
    }

    SHANI_INLINE static Words exclusive_or(const Words& a, const Words& b) {
        return {_mm_xor_si128(a.abcd, b.abcd), _mm_xor_si128(a.e, b.e)};
    }

    SHANI_INLINE static __m128i byte_order() {
        return _mm_setr_epi8(15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0);
    }

    // Sets the digest, the bit 1, zeros, and the length of both blocks' 64 + 20 bytes in bits.
    SHANI_INLINE static void begin(Rounds<Words>& rounds, const Words& digest, const Words& state) {
        rounds.w0 = digest.abcd;
        rounds.w1 = _mm_or_si128(digest.e, _mm_setr_epi32(0, 0, INT32_MIN, 0));
        rounds.w2 = _mm_setzero_si128();
        rounds.w3 = _mm_setr_epi32((64 + 20) * 8, 0, 0, 0);
        rounds.state = state;
    }
};

template void absorb<Sha1>(State& state, std::span<const std::byte> block);
template void advance<Sha1, 1>(Stream* streams, std::uint64_t iterations);
template void advance<Sha1, 2>(Stream* streams, std::uint64_t iterations);
template void advance<Sha1, 4>(Stream* streams, std::uint64_t iterations);

}  // namespace latchkey::crypto::kernels::shani
#endif
