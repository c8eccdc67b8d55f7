// SPDX-License-Identifier: LGPL-2.1-or-later
#include "crypto/lrw.h"

#include <algorithm>
#include <bit>

#include "base/endian.h"

namespace latchkey::crypto {
namespace {

constexpr std::size_t kBits = 128;

// 128 bits as a big-endian number; bit i is the coefficient of x^i.
struct Element {
    std::uint64_t high = 0;
    std::uint64_t low = 0;

    void operator^=(const Element& other) {
        high ^= other.high;
        low ^= other.low;
    }
    // Returns this element times x, without a branch that depends on the secret.
    [[nodiscard]] Element doubled() const {
        const std::uint64_t carry = 0 - (high >> 63);
        return {high << 1 | low >> 63, low << 1 ^ (carry & 0x87)};
    }
    [[nodiscard]] static Element read(ByteView bytes, std::size_t offset = 0) {
        return {read_record<Be64>(bytes, offset).value(),
                read_record<Be64>(bytes, offset + 8).value()};
    }
    void write(MutableByteView bytes, std::size_t offset) const {
        write_record(bytes, Be64(high), offset);
        write_record(bytes, Be64(low), offset + 8);
    }
};

// The table holds K2 * x^i for every bit i, followed by the sums K2 * (2^(i+1) - 1).  The tweak changes by such a sum
// when a number with i trailing ones is incremented.
constexpr std::size_t kSums = kBits * 16;

}  // namespace

LrwKey::LrwKey(ByteView tweak_key) : table_(2 * kSums) {
    Element product = Element::read(tweak_key);
    Element sum;
    for (std::size_t i = 0; i < kBits; ++i) {
        sum ^= product;
        product.write(table_.bytes(), i * 16);
        sum.write(table_.bytes(), kSums + i * 16);
        product = product.doubled();
    }
}

void LrwKey::write_tweaks(ByteView iv, MutableByteView tweaks) const {
    Element number = Element::read(iv);  // not secret, so branches may depend on it
    Element tweak;
    for (std::size_t i = 0; i < kBits; ++i) {
        const std::uint64_t word = i < 64 ? number.low : number.high;
        if ((word >> (i % 64) & 1) != 0) tweak ^= Element::read(table_.bytes(), i * 16);
    }
    for (std::size_t at = 0; at < tweaks.size(); at += 16) {
        tweak.write(tweaks, at);
        const int ones =
            ~number.low != 0 ? std::countr_one(number.low) : 64 + std::countr_one(number.high);
        const std::size_t row = std::min<std::size_t>(static_cast<std::size_t>(ones), kBits - 1);
        tweak ^= Element::read(table_.bytes(), kSums + row * 16);
        if (++number.low == 0) ++number.high;
    }
}

}  // namespace latchkey::crypto
