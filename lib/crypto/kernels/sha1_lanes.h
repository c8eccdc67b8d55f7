// SPDX-License-Identifier: LGPL-2.1-or-later
// SHA-1 (FIPS 180-4 section 6.1) over vectors of lanes; see lanes.h.
#pragma once

#include "crypto/kernels/lanes.h"

namespace latchkey::crypto::kernels {

template <typename VectorOfLanes>
struct Sha1Lanes {
    using Vector = VectorOfLanes;
    using Words = typename Vector::Words;
    static constexpr std::size_t kStateWords = 5;

    template <int bits>
    KERNEL_INLINE static Words rotate_left(const Words& words) {
        return Vector::template rotate_right<32 - bits>(words);
    }

    // The function of this round, and its constant (sections 4.1.1 and 4.2.1).
    template <std::size_t t>
    KERNEL_INLINE static Words mixed(const Words& b, const Words& c, const Words& d) {
        if constexpr (t < 20) return Vector::choose(b, c, d);
        if constexpr (t >= 40 && t < 60) return Vector::majority(b, c, d);
        return Vector::exclusive_or3(b, c, d);
    }
    static constexpr std::uint32_t kConstants[] = {0x5a827999, 0x6ed9eba1, 0x8f1bbcdc, 0xca62c1d6};

    // The words A ... E keep their place; which place is A changes with the round.
    template <std::size_t t>
    KERNEL_INLINE static void round(Words* s, Words* w) {
        constexpr std::size_t kA = (80 - t) % 5;
        if constexpr (t >= 16)
            w[t % 16] = rotate_left<1>(Vector::exclusive_or(
                Vector::exclusive_or3(w[(t + 13) % 16], w[(t + 8) % 16], w[(t + 2) % 16]),
                w[t % 16]));
        Words& b = s[(kA + 1) % 5];
        Words& e = s[(kA + 4) % 5];
        const Words keyed = Vector::add(e, Vector::add(w[t % 16], Vector::all(kConstants[t / 20])));
        e = Vector::add(Vector::add(keyed, mixed<t>(b, s[(kA + 2) % 5], s[(kA + 3) % 5])),
                        rotate_left<5>(s[kA]));
        b = rotate_left<30>(b);
    }

    template <std::size_t... t>
    KERNEL_INLINE static void rounds(std::index_sequence<t...> /*in this order*/, Words* s,
                                     Words* w) {
        (round<t>(s, w), ...);
    }

    // Adds the compression of a message to the state; the words of the message are lost.
    KERNEL_TARGET __attribute__((noinline)) static void compress(Words* state, Words* message) {
        Words s[kStateWords];
        Words w[16];
        for (std::size_t i = 0; i < kStateWords; ++i) s[i] = state[i];
        for (std::size_t i = 0; i < 16; ++i) w[i] = message[i];
        rounds(std::make_index_sequence<80>(), s, w);
        for (std::size_t i = 0; i < kStateWords; ++i) state[i] = Vector::add(state[i], s[i]);
    }
};

}  // namespace latchkey::crypto::kernels
