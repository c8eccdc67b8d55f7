// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/value.h"

#include <algorithm>
#include <charconv>

#include "latchkey/ascii.h"
#include "latchkey/number.h"

namespace latchkey::cli {
namespace {

// Returns the factor of a unit; `unit` has no digits.
std::optional<std::uint64_t> factor(std::string_view unit) {
    if (unit.empty()) return 1;
    if (unit.size() == 1 && to_lower(unit[0]) == 's') return 512;
    constexpr std::string_view kPowers = "kmgt";
    const std::size_t power = kPowers.find(to_lower(unit[0]));
    if (power == std::string_view::npos) return std::nullopt;
    std::uint64_t base = 0;
    if (unit.size() == 1)
        base = 1024;
    else if (unit.size() == 2 && to_lower(unit[1]) == 'b')
        base = 1000;
    else if (unit.size() == 3 && to_lower(unit[1]) == 'i' && to_lower(unit[2]) == 'b')
        base = 1024;
    else
        return std::nullopt;
    std::uint64_t product = 1;
    for (std::size_t i = 0; i <= power; ++i) product *= base;
    return product;
}

}  // namespace

std::optional<Integer> parse_integer(std::string_view text) {
    Integer integer;
    // Ignores leading blanks, as the peer does: `wc -l` of other systems prints some.
    text.remove_prefix(std::min(text.find_first_not_of(" \t\n\v\f\r"), text.size()));
    if (!text.empty() && (text[0] == '+' || text[0] == '-')) {
        integer.negative = text[0] == '-';
        text.remove_prefix(1);
    }
    const auto magnitude = parse_number(text);
    if (!magnitude) return std::nullopt;
    integer.magnitude = *magnitude;
    return integer;
}

std::optional<std::uint64_t> parse_size(std::string_view text) {
    std::uint64_t number = 0;
    const char* end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, number);
    if (error != std::errc()) return std::nullopt;
    const auto unit = factor({stop, static_cast<std::size_t>(end - stop)});
    std::uint64_t bytes = 0;
    if (!unit || __builtin_mul_overflow(number, *unit, &bytes)) return std::nullopt;
    return bytes;
}

}  // namespace latchkey::cli
