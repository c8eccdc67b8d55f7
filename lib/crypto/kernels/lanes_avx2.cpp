// SPDX-License-Identifier: LGPL-2.1-or-later
// Eight streams of 32-bit words, or four of 64-bit words, in vectors of 256 bits.
#if defined(__x86_64__)
#include <immintrin.h>

#define KERNEL_TARGET __attribute__((target("avx2")))
#include "crypto/kernels/lane_kernels.h"
#include "crypto/kernels/sha1_lanes.h"
#include "crypto/kernels/sha2_lanes.h"

namespace latchkey::crypto::kernels::avx2 {

struct AnyVector {
    using Words = __m256i;
    KERNEL_INLINE static Words exclusive_or(const Words& a, const Words& b) {
        return _mm256_xor_si256(a, b);
    }
    KERNEL_INLINE static Words exclusive_or3(const Words& a, const Words& b, const Words& c) {
        return _mm256_xor_si256(_mm256_xor_si256(a, b), c);
    }
    KERNEL_INLINE static Words choose(const Words& a, const Words& b, const Words& c) {
        return _mm256_xor_si256(c, _mm256_and_si256(a, _mm256_xor_si256(b, c)));
    }
    KERNEL_INLINE static Words majority(const Words& a, const Words& b, const Words& c) {
        return _mm256_or_si256(_mm256_and_si256(a, b), _mm256_and_si256(c, _mm256_or_si256(a, b)));
    }
};

struct Vector32 : AnyVector {
    using Word = std::uint32_t;
    static constexpr std::size_t kLanes = 8;
    KERNEL_INLINE static Words all(Word word) { return _mm256_set1_epi32(static_cast<int>(word)); }
    KERNEL_INLINE static Words add(const Words& a, const Words& b) {
        return _mm256_add_epi32(a, b);
    }
    template <int bits>
    KERNEL_INLINE static Words rotate_right(const Words& a) {
        return _mm256_or_si256(_mm256_srli_epi32(a, bits), _mm256_slli_epi32(a, 32 - bits));
    }
    template <int bits>
    KERNEL_INLINE static Words shift_right(const Words& a) {
        return _mm256_srli_epi32(a, bits);
    }
};

struct Vector64 : AnyVector {
    using Word = std::uint64_t;
    static constexpr std::size_t kLanes = 4;
    KERNEL_INLINE static Words all(Word word) {
        return _mm256_set1_epi64x(static_cast<long long>(word));
    }
    KERNEL_INLINE static Words add(const Words& a, const Words& b) {
        return _mm256_add_epi64(a, b);
    }
    template <int bits>
    KERNEL_INLINE static Words rotate_right(const Words& a) {
        return _mm256_or_si256(_mm256_srli_epi64(a, bits), _mm256_slli_epi64(a, 64 - bits));
    }
    template <int bits>
    KERNEL_INLINE static Words shift_right(const Words& a) {
        return _mm256_srli_epi64(a, bits);
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

}  // namespace latchkey::crypto::kernels::avx2
#endif
