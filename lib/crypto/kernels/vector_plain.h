// SPDX-License-Identifier: LGPL-2.1-or-later
// A vector of one lane, for lanes.h: a plain integer.  Needs KERNEL_TARGET.
#pragma once

#include <bit>
#include <cstddef>

namespace latchkey::crypto::kernels {

// `Target` tells apart the code that different files make of one template.
template <typename OneWord, typename Target>
struct PlainVector {
    using Word = OneWord;
    using Words = OneWord;
    static constexpr std::size_t kLanes = 1;

    KERNEL_TARGET static Words all(Word word) { return word; }
    KERNEL_TARGET static Words add(Words a, Words b) { return a + b; }
    KERNEL_TARGET static Words exclusive_or(Words a, Words b) { return a ^ b; }
    KERNEL_TARGET static Words exclusive_or3(Words a, Words b, Words c) { return a ^ b ^ c; }
    KERNEL_TARGET static Words choose(Words a, Words b, Words c) { return c ^ (a & (b ^ c)); }
    KERNEL_TARGET static Words majority(Words a, Words b, Words c) {
        return (a & b) | (c & (a | b));
    }
    template <int bits>
    KERNEL_TARGET static Words rotate_right(Words a) {
        return std::rotr(a, bits);
    }
    template <int bits>
    KERNEL_TARGET static Words shift_right(Words a) {
        return a >> static_cast<unsigned>(bits);
    }
};

}  // namespace latchkey::crypto::kernels
