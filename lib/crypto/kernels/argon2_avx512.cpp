// SPDX-License-Identifier: LGPL-2.1-or-later
// Argon2's block function G (RFC 9106 section 3.5) with AVX-512: a whole block is in sixteen registers.
// docs/kdf-kernels.md explains it.
#if defined(__x86_64__)
#include <immintrin.h>

#define KERNEL_TARGET __attribute__((target("avx512f")))
#include "crypto/kernels/argon2_fill.h"
#include "crypto/kernels/argon2_kernels.h"

namespace latchkey::crypto::kernels::avx512 {

using Words = __m512i;  // eight words

// The masked forms, with every lane taken: g++ 12 warns of the others in its own header.
template <int bits>
KERNEL_INLINE Words rotate_right(const Words& x) {
    return _mm512_maskz_ror_epi64(0xff, x, bits);
}
template <int order>
KERNEL_INLINE Words order_halves(const Words& x) {
    return _mm512_maskz_permutex_epi64(0xff, x, order);
}
template <int order>
KERNEL_INLINE Words quarters_of(const Words& x, const Words& y) {
    return _mm512_maskz_shuffle_i64x2(0xff, x, y, order);
}
KERNEL_INLINE Words order_words(const Words& x, const Words& order) {
    return _mm512_maskz_permutexvar_epi64(0xff, order, x);
}

KERNEL_INLINE Words sum_and_product(const Words& x, const Words& y) {
    const Words product = _mm512_maskz_mul_epu32(0xff, x, y);
    return _mm512_add_epi64(_mm512_add_epi64(x, y), _mm512_add_epi64(product, product));
}

// Eight groups of four words, a ... d.
struct Quad {
    Words a, b, c, d;
};

// GB of section 3.6.
KERNEL_INLINE void mix(Quad& v) {
    v.a = sum_and_product(v.a, v.b);
    v.d = rotate_right<32>(_mm512_xor_si512(v.d, v.a));
    v.c = sum_and_product(v.c, v.d);
    v.b = rotate_right<24>(_mm512_xor_si512(v.b, v.c));
    v.a = sum_and_product(v.a, v.b);
    v.d = rotate_right<16>(_mm512_xor_si512(v.d, v.a));
    v.c = sum_and_product(v.c, v.d);
    v.b = rotate_right<63>(_mm512_xor_si512(v.b, v.c));
}

class Mixer {
  public:
    KERNEL_INLINE void begin(const Argon2Block& x, const Argon2Block& y) {
        begin_rows<0>(rows01_, x, y);
        begin_rows<2>(rows23_, x, y);
        begin_rows<4>(rows45_, x, y);
        begin_rows<6>(rows67_, x, y);
    }
    KERNEL_INLINE std::uint64_t first_word() {
        permute_columns(rows01_.a, rows23_.a, rows45_.a, rows67_.a);
        return static_cast<std::uint64_t>(rows01_.a[0]);
    }
    template <bool with_old>
    KERNEL_INLINE void finish(const Argon2Block& x, const Argon2Block& y, Argon2Block& into) {
        permute_columns(rows01_.b, rows23_.b, rows45_.b, rows67_.b);
        permute_columns(rows01_.c, rows23_.c, rows45_.c, rows67_.c);
        permute_columns(rows01_.d, rows23_.d, rows45_.d, rows67_.d);
        finish_rows<0, with_old>(rows01_, x, y, into);
        finish_rows<2, with_old>(rows23_, x, y, into);
        finish_rows<4, with_old>(rows45_, x, y, into);
        finish_rows<6, with_old>(rows67_, x, y, into);
    }

  private:
    KERNEL_INLINE static Words load(const Argon2Block& block, std::size_t register_number) {
        return _mm512_load_si512(&block.words[8 * register_number]);
    }

    // Takes two rows and applies P to them.  Of each register of a Quad the lower half is of the first row.
    template <std::size_t row>
    KERNEL_INLINE static void begin_rows(Quad& v, const Argon2Block& x, const Argon2Block& y) {
        const Words ab = _mm512_xor_si512(load(x, 2 * row), load(y, 2 * row));
        const Words cd = _mm512_xor_si512(load(x, 2 * row + 1), load(y, 2 * row + 1));
        const Words next_ab = _mm512_xor_si512(load(x, 2 * row + 2), load(y, 2 * row + 2));
        const Words next_cd = _mm512_xor_si512(load(x, 2 * row + 3), load(y, 2 * row + 3));
        v.a = quarters_of<0x44>(ab, next_ab);
        v.b = quarters_of<0xee>(ab, next_ab);
        v.c = quarters_of<0x44>(cd, next_cd);
        v.d = quarters_of<0xee>(cd, next_cd);
        mix(v);
        v.b = order_halves<0x39>(v.b);
        v.c = order_halves<0x4e>(v.c);
        v.d = order_halves<0x93>(v.d);
        mix(v);
        v.b = order_halves<0x93>(v.b);
        v.c = order_halves<0x4e>(v.c);
        v.d = order_halves<0x39>(v.d);
    }

    // P over two columns.  a, from rows 0 and 1, has their words in this order (0' is of the second column):
    //     0 1 0' 1' 2 3 2' 3'
    KERNEL_INLINE static void permute_columns(Words& a, Words& b, Words& c, Words& d) {
        const Words next = _mm512_setr_epi64(1, 4, 3, 6, 5, 0, 7, 2);
        const Words previous = _mm512_setr_epi64(5, 0, 7, 2, 1, 4, 3, 6);
        Quad v{a, b, c, d};
        mix(v);
        v.b = order_words(v.b, next);
        v.c = quarters_of<0x4e>(v.c, v.c);
        v.d = order_words(v.d, previous);
        mix(v);
        a = v.a;
        b = order_words(v.b, previous);
        c = quarters_of<0x4e>(v.c, v.c);
        d = order_words(v.d, next);
    }

    template <std::size_t row, bool with_old>
    KERNEL_INLINE static void finish_rows(const Quad& v, const Argon2Block& x, const Argon2Block& y,
                                          Argon2Block& into) {
        finish_words<2 * row, with_old>(quarters_of<0x44>(v.a, v.b), x, y, into);
        finish_words<2 * row + 1, with_old>(quarters_of<0x44>(v.c, v.d), x, y, into);
        finish_words<2 * row + 2, with_old>(quarters_of<0xee>(v.a, v.b), x, y, into);
        finish_words<2 * row + 3, with_old>(quarters_of<0xee>(v.c, v.d), x, y, into);
    }
    template <std::size_t register_number, bool with_old>
    KERNEL_INLINE static void finish_words(const Words& z, const Argon2Block& x,
                                           const Argon2Block& y, Argon2Block& into) {
        Words words =
            _mm512_ternarylogic_epi64(z, load(x, register_number), load(y, register_number), 0x96);
        if (with_old) words = _mm512_xor_si512(words, load(into, register_number));
        _mm512_store_si512(&into.words[8 * register_number], words);
    }

    Quad rows01_, rows23_, rows45_, rows67_;
};

KERNEL_TARGET void fill(const Argon2Run& run) {
    Argon2Filler<Mixer> filler(run);
    filler.fill();
}

}  // namespace latchkey::crypto::kernels::avx512
#endif
