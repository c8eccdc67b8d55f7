// SPDX-License-Identifier: LGPL-2.1-or-later
// SHA-256 and SHA-512 (FIPS 180-4 sections 6.2 and 6.4) over vectors of lanes; see lanes.h.  They differ in the size of
// a word, the number of rounds, the constants and the rotations.
#pragma once

#include "crypto/kernels/constants.h"
#include "crypto/kernels/lanes.h"

namespace latchkey::crypto::kernels {

// The rotations of Sigma and sigma, FIPS 180-4 section 4.1.2; the last of a small sigma is a shift.
struct Sha256Shape {
    static constexpr std::size_t kRounds = 64;
    static constexpr int kSigma0[] = {2, 13, 22};
    static constexpr int kSigma1[] = {6, 11, 25};
    static constexpr int kSmall0[] = {7, 18, 3};
    static constexpr int kSmall1[] = {17, 19, 10};
    static constexpr const auto& kConstants = kSha256Constants;
};

// FIPS 180-4 section 4.1.3.
struct Sha512Shape {
    static constexpr std::size_t kRounds = 80;
    static constexpr int kSigma0[] = {28, 34, 39};
    static constexpr int kSigma1[] = {14, 18, 41};
    static constexpr int kSmall0[] = {1, 8, 7};
    static constexpr int kSmall1[] = {19, 61, 6};
    static constexpr const auto& kConstants = kSha512Constants;
};

template <typename Shape, typename VectorOfLanes>
struct Sha2Lanes {
    using Vector = VectorOfLanes;
    using Words = typename Vector::Words;
    static constexpr std::size_t kStateWords = 8;

    // W_t takes the place of W_(t-16).
    template <std::size_t t>
    KERNEL_INLINE static void schedule(Words* w) {
        const Words early = w[(t + 1) % 16];
        const Words late = w[(t + 14) % 16];
        const Words small0 =
            Vector::exclusive_or3(Vector::template rotate_right<Shape::kSmall0[0]>(early),
                                  Vector::template rotate_right<Shape::kSmall0[1]>(early),
                                  Vector::template shift_right<Shape::kSmall0[2]>(early));
        const Words small1 =
            Vector::exclusive_or3(Vector::template rotate_right<Shape::kSmall1[0]>(late),
                                  Vector::template rotate_right<Shape::kSmall1[1]>(late),
                                  Vector::template shift_right<Shape::kSmall1[2]>(late));
        w[t % 16] =
            Vector::add(Vector::add(w[t % 16], small0), Vector::add(w[(t + 9) % 16], small1));
    }

    // The words A ... H keep their place; which place is A changes with the round.
    template <std::size_t t>
    KERNEL_INLINE static void round(Words* s, const Words& word, typename Vector::Word constant) {
        constexpr std::size_t kA = (16 - t) % 8;
        const Words& a = s[kA];
        const Words& b = s[(kA + 1) % 8];
        const Words& c = s[(kA + 2) % 8];
        Words& d = s[(kA + 3) % 8];
        const Words& e = s[(kA + 4) % 8];
        const Words& f = s[(kA + 5) % 8];
        const Words& g = s[(kA + 6) % 8];
        Words& h = s[(kA + 7) % 8];
        const Words sigma1 =
            Vector::exclusive_or3(Vector::template rotate_right<Shape::kSigma1[0]>(e),
                                  Vector::template rotate_right<Shape::kSigma1[1]>(e),
                                  Vector::template rotate_right<Shape::kSigma1[2]>(e));
        const Words sigma0 =
            Vector::exclusive_or3(Vector::template rotate_right<Shape::kSigma0[0]>(a),
                                  Vector::template rotate_right<Shape::kSigma0[1]>(a),
                                  Vector::template rotate_right<Shape::kSigma0[2]>(a));
        const Words keyed = Vector::add(h, Vector::add(word, Vector::all(constant)));
        const Words t1 = Vector::add(Vector::add(keyed, Vector::choose(e, f, g)), sigma1);
        d = Vector::add(d, t1);
        h = Vector::add(Vector::add(t1, Vector::majority(a, b, c)), sigma0);
    }

    template <std::size_t... t>
    KERNEL_INLINE static void first_rounds(std::index_sequence<t...> /*in this order*/, Words* s,
                                           Words* w) {
        (round<t>(s, w[t], Shape::kConstants[t]), ...);
    }
    template <std::size_t... t>
    KERNEL_INLINE static void more_rounds(std::index_sequence<t...> /*in this order*/, Words* s,
                                          Words* w, std::size_t from) {
        ((schedule<t>(w), round<t>(s, w[t], Shape::kConstants[from + t])), ...);
    }

    // Adds the compression of a message to the state; the words of the message are lost.
    KERNEL_TARGET __attribute__((noinline)) static void compress(Words* state, Words* message) {
        Words s[8];
        Words w[16];
        for (std::size_t i = 0; i < 8; ++i) s[i] = state[i];
        for (std::size_t i = 0; i < 16; ++i) w[i] = message[i];
        constexpr auto kSixteen = std::make_index_sequence<16>();
        first_rounds(kSixteen, s, w);
        for (std::size_t from = 16; from < Shape::kRounds; from += 16)
            more_rounds(kSixteen, s, w, from);
        for (std::size_t i = 0; i < 8; ++i) state[i] = Vector::add(state[i], s[i]);
    }
};

}  // namespace latchkey::crypto::kernels
