// SPDX-License-Identifier: LGPL-2.1-or-later
// SHA-256 (FIPS 180-4 section 6.2) with the SHA extensions of x86-64.  docs/kdf-kernels.md explains the instructions.
#if defined(__x86_64__)
#include "crypto/kernels/shani_streams.h"

namespace latchkey::crypto::kernels::shani {
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
}  // namespace

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
        const auto* words = reinterpret_cast<const __m128i*>(from.data());
        const __m128i badc = _mm_shuffle_epi32(_mm_loadu_si128(words), 0xb1);
        const __m128i fehg = _mm_shuffle_epi32(_mm_loadu_si128(words + 1), 0xb1);
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
        auto* words = reinterpret_cast<__m128i*>(into.data());
        _mm_storeu_si128(words, first_half(state));
        _mm_storeu_si128(words + 1, second_half(state));
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

template void absorb<Sha256>(State& state, std::span<const std::byte, kBlockBytes> block);
template void advance<Sha256, 1>(Stream* streams, std::uint64_t iterations);
template void advance<Sha256, 2>(Stream* streams, std::uint64_t iterations);
template void advance<Sha256, 4>(Stream* streams, std::uint64_t iterations);

}  // namespace latchkey::crypto::kernels::shani
#endif
