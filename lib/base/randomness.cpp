// SPDX-License-Identifier: LGPL-2.1-or-later
#include "base/randomness.h"

#include <algorithm>
#include <array>
#include <cstdint>

namespace latchkey {
namespace {

constexpr std::size_t kBlock = 512;  // bytes

// Bounds for a block of random bytes.  Each byte value occurs twice on average.
//   One value occurs 24 times: 256 * P(Poisson(2) >= 24) < 10^-15.
constexpr unsigned kMostOfOneValue = 23;
//   Only 160 or fewer different values occur: C(256, 160) * (160/256)^512 < 2^-100.
constexpr unsigned kFewestValues = 161;
//   12 equal bytes in a row: 512 * 256^-11 < 2^-79.
constexpr unsigned kLongestRun = 11;
//   64 printable bytes in a row: 512 * (98/256)^64 < 10^-23.
constexpr unsigned kLongestText = 63;

bool is_text(std::uint8_t byte) {
    return (byte >= 0x20 && byte <= 0x7e) || byte == '\n' || byte == '\r' || byte == '\t';
}

bool looks_random(ByteView block) {
    std::array<std::uint16_t, 256> counts{};
    unsigned run = 0;
    unsigned text = 0;
    int before = -1;
    for (const std::byte one : block) {
        const auto value = std::to_integer<std::uint8_t>(one);
        ++counts[value];
        run = value == before ? run + 1 : 1;
        text = is_text(value) ? text + 1 : 0;
        if (run > kLongestRun || text > kLongestText) return false;
        before = value;
    }
    const auto values = static_cast<unsigned>(256 - std::count(counts.begin(), counts.end(), 0));
    return values >= kFewestValues &&
           *std::max_element(counts.begin(), counts.end()) <= kMostOfOneValue;
}

}  // namespace

std::optional<std::size_t> first_block_not_random(ByteView bytes) {
    for (std::size_t at = 0; at + kBlock <= bytes.size(); at += kBlock)
        if (!looks_random(bytes.subspan(at, kBlock))) return at;
    return std::nullopt;
}

}  // namespace latchkey
