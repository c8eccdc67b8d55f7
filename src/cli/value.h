// SPDX-License-Identifier: GPL-2.0-or-later
// Parses numbers and sizes as users write them.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace latchkey::cli {

// Parses decimal digits with an optional sign; nothing if the text is not a number or does not fit.
struct Integer {
    std::uint64_t magnitude = 0;
    bool negative = false;
};
std::optional<Integer> parse_integer(std::string_view text);

// Parses digits and a unit: none = bytes; S = 512; K M G T and KiB MiB GiB TiB = 1024^n; KB MB GB TB = 1000^n.
// Letters in either case.  Nothing if the text is not a size or does not fit.
std::optional<std::uint64_t> parse_size(std::string_view text);

}  // namespace latchkey::cli
