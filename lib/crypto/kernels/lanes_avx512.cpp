// SPDX-License-Identifier: LGPL-2.1-or-later
// Sixteen streams of 32-bit words, or eight of 64-bit words, in vectors of 512 bits.  AVX-512 rotates, and computes any
// function of three bits with one instruction; its number is the function's table of values.
#if defined(__x86_64__)
#include <immintrin.h>

#define KERNEL_TARGET __attribute__((target("avx512f")))
#include "crypto/kernels/lane_kernels.h"
#include "crypto/kernels/sha1_lanes.h"
#include "crypto/kernels/sha2_lanes.h"

namespace latchkey::crypto::kernels::avx512 {

struct AnyVector {
    using Words = __m512i;
    KERNEL_INLINE static Words exclusive_or(const Words& a, const Words& b) {
        return _mm512_xor_si512(a, b);
    }
    KERNEL_INLINE static Words exclusive_or3(const Words& a, const Words& b, const Words& c) {
        return _mm512_ternarylogic_epi64(a, b, c, 0x96);
    }
    KERNEL_INLINE static Words choose(const Words& a, const Words& b, const Words& c) {
        return _mm512_ternarylogic_epi64(a, b, c, 0xca);
    }
    KERNEL_INLINE static Words majority(const Words& a, const Words& b, const Words& c) {
        return _mm512_ternarylogic_epi64(a, b, c, 0xe8);
    }
};

struct Vector32 : AnyVector {
    using Word = std::uint32_t;
    static constexpr std::size_t kLanes = 16;
    KERNEL_INLINE static Words all(Word word) { return _mm512_set1_epi32(static_cast<int>(word)); }
    KERNEL_INLINE static Words add(const Words& a, const Words& b) {
        return _mm512_add_epi32(a, b);
    }
    // The masked forms, with every lane taken: g++ 12 warns of the others in its own header.
    template <int bits>
    KERNEL_INLINE static Words rotate_right(const Words& a) {
        return _mm512_maskz_ror_epi32(0xffff, a, bits);
    }
    template <int bits>
    KERNEL_INLINE static Words shift_right(const Words& a) {
        return _mm512_maskz_srli_epi32(0xffff, a, bits);
    }
};

struct Vector64 : AnyVector {
    using Word = std::uint64_t;
    static constexpr std::size_t kLanes = 8;
    KERNEL_INLINE static Words all(Word word) {
        return _mm512_set1_epi64(static_cast<long long>(word));
    }
    KERNEL_INLINE static Words add(const Words& a, const Words& b) {
        return _mm512_add_epi64(a, b);
    }
    template <int bits>
    KERNEL_INLINE static Words rotate_right(const Words& a) {
        return _mm512_maskz_ror_epi64(0xff, a, bits);
    }
    template <int bits>
    KERNEL_INLINE static Words shift_right(const Words& a) {
        return _mm512_maskz_srli_epi64(0xff, a, bits);
    }
};

KERNEL_TARGET void advance_sha1(Stream* streams, std::uint64_t iterations) {
    advance_lanes<Sha1Lanes<Vector32>>(streams, iterations);
}
KERNEL_TARGET void advance_sha256(Stream* streams, std::uint64_t iterations) {
    advance_lanes<Sha2Lanes<Sha256Shape, Vector32>>(streams, iterations);
}
KERNEL_TARGET void advance_sha512(Stream* streams, std::uint64_t iterations) {
    advance_lanes<Sha2Lanes<Sha512Shape, Vector64>>(streams, iterations);
}

}  // namespace latchkey::crypto::kernels::avx512
#endif
