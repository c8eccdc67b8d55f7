// SPDX-License-Identifier: LGPL-2.1-or-later
// Argon2's block function G (RFC 9106 section 3.5) with AVX2.  docs/kdf-kernels.md explains it.
#if defined(__x86_64__)
#include <immintrin.h>

#define KERNEL_TARGET __attribute__((target("avx2")))
#include "crypto/kernels/argon2_fill.h"
#include "crypto/kernels/argon2_kernels.h"

namespace latchkey::crypto::kernels::avx2 {

using Words = __m256i;  // four words

KERNEL_INLINE Words sum_and_product(const Words& x, const Words& y) {
    const Words product = _mm256_mul_epu32(x, y);
    return _mm256_add_epi64(_mm256_add_epi64(x, y), _mm256_add_epi64(product, product));
}
KERNEL_INLINE Words rotate_32(const Words& x) {
    return _mm256_shuffle_epi32(x, 0xb1);
}
KERNEL_INLINE Words rotate_24(const Words& x) {
    return _mm256_shuffle_epi8(
        x, _mm256_setr_epi8(3, 4, 5, 6, 7, 0, 1, 2, 11, 12, 13, 14, 15, 8, 9, 10,  //
                            3, 4, 5, 6, 7, 0, 1, 2, 11, 12, 13, 14, 15, 8, 9, 10));
}
KERNEL_INLINE Words rotate_16(const Words& x) {
    return _mm256_shuffle_epi8(
        x, _mm256_setr_epi8(2, 3, 4, 5, 6, 7, 0, 1, 10, 11, 12, 13, 14, 15, 8, 9,  //
                            2, 3, 4, 5, 6, 7, 0, 1, 10, 11, 12, 13, 14, 15, 8, 9));
}
KERNEL_INLINE Words rotate_63(const Words& x) {
    return _mm256_xor_si256(_mm256_srli_epi64(x, 63), _mm256_add_epi64(x, x));
}

// GB of section 3.6 for four columns.
KERNEL_INLINE void mix(Words& a, Words& b, Words& c, Words& d) {
    a = sum_and_product(a, b);
    d = rotate_32(_mm256_xor_si256(d, a));
    c = sum_and_product(c, d);
    b = rotate_24(_mm256_xor_si256(b, c));
    a = sum_and_product(a, b);
    d = rotate_16(_mm256_xor_si256(d, a));
    c = sum_and_product(c, d);
    b = rotate_63(_mm256_xor_si256(b, c));
}

class Mixer {
  public:
    KERNEL_INLINE void begin(const Argon2Block& x, const Argon2Block& y) {
        for (std::size_t row = 0; row < 8; ++row) {
            for (std::size_t i = 0; i < 4; ++i)
                rows_[row][i] = _mm256_xor_si256(load(x, row, i), load(y, row, i));
            permute_row(rows_[row]);
        }
    }
    KERNEL_INLINE std::uint64_t first_word() {
        permute_columns(0);
        return static_cast<std::uint64_t>(_mm_cvtsi128_si64(_mm256_castsi256_si128(rows_[0][0])));
    }
    template <bool with_old>
    KERNEL_INLINE void finish(const Argon2Block& x, const Argon2Block& y, Argon2Block& into) {
        permute_columns(1);
        permute_columns(2);
        permute_columns(3);
        for (std::size_t row = 0; row < 8; ++row)
            for (std::size_t i = 0; i < 4; ++i) {
                Words words = _mm256_xor_si256(rows_[row][i],
                                               _mm256_xor_si256(load(x, row, i), load(y, row, i)));
                if (with_old) words = _mm256_xor_si256(words, load(into, row, i));
                _mm256_store_si256(place(into, row, i), words);
            }
    }

  private:
    KERNEL_INLINE static Words* place(Argon2Block& block, std::size_t row, std::size_t i) {
        return reinterpret_cast<Words*>(&block.words[16 * row + 4 * i]);
    }
    KERNEL_INLINE static Words load(const Argon2Block& block, std::size_t row, std::size_t i) {
        return _mm256_load_si256(reinterpret_cast<const Words*>(&block.words[16 * row + 4 * i]));
    }

    // P over one row: its words 0 to 3 are a, and so on.
    KERNEL_INLINE static void permute_row(Words* v) {
        mix(v[0], v[1], v[2], v[3]);
        v[1] = _mm256_permute4x64_epi64(v[1], 0x39);
        v[2] = _mm256_permute4x64_epi64(v[2], 0x4e);
        v[3] = _mm256_permute4x64_epi64(v[3], 0x93);
        mix(v[0], v[1], v[2], v[3]);
        v[1] = _mm256_permute4x64_epi64(v[1], 0x93);
        v[2] = _mm256_permute4x64_epi64(v[2], 0x4e);
        v[3] = _mm256_permute4x64_epi64(v[3], 0x39);
    }

    // P over two columns.  A register has two words of each, so a is in rows 0 and 1, b in rows 2 and 3, and so on.
    KERNEL_INLINE void permute_columns(std::size_t pair) {
        Words& a0 = rows_[0][pair];
        Words& a1 = rows_[1][pair];
        Words& b0 = rows_[2][pair];
        Words& b1 = rows_[3][pair];
        Words& c0 = rows_[4][pair];
        Words& c1 = rows_[5][pair];
        Words& d0 = rows_[6][pair];
        Words& d1 = rows_[7][pair];
        mix(a0, b0, c0, d0);
        mix(a1, b1, c1, d1);
        // The diagonals: b moves by one word, c by two, d by three.
        const Words b01 = _mm256_alignr_epi8(b1, b0, 8);
        const Words b10 = _mm256_alignr_epi8(b0, b1, 8);
        const Words d01 = _mm256_alignr_epi8(d1, d0, 8);
        const Words d10 = _mm256_alignr_epi8(d0, d1, 8);
        b0 = b01;
        b1 = b10;
        d0 = d10;
        d1 = d01;
        mix(a0, b0, c1, d0);
        mix(a1, b1, c0, d1);
        const Words back_b0 = _mm256_alignr_epi8(b0, b1, 8);
        const Words back_b1 = _mm256_alignr_epi8(b1, b0, 8);
        const Words back_d0 = _mm256_alignr_epi8(d1, d0, 8);
        const Words back_d1 = _mm256_alignr_epi8(d0, d1, 8);
        b0 = back_b0;
        b1 = back_b1;
        d0 = back_d0;
        d1 = back_d1;
    }

    Words rows_[8][4];
};

KERNEL_TARGET void fill(const Argon2Run& run) {
    Argon2Filler<Mixer> filler(run);
    filler.fill();
}

}  // namespace latchkey::crypto::kernels::avx2
#endif
