// SPDX-License-Identifier: LGPL-2.1-or-later
// Numbers in text.
#pragma once

#include <charconv>
#include <concepts>
#include <cstdint>
#include <optional>
#include <string_view>
#include <system_error>

namespace latchkey {

// Returns the number that the whole text is; nothing if it is empty, has another character, or does not fit T.  A sign
// is accepted only if it is '-' and T is signed.
template <std::integral T = std::uint64_t>
[[nodiscard]] std::optional<T> parse_number(std::string_view text, int base = 10) {
    T value = 0;
    const char* const end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, value, base);
    if (error != std::errc() || stop != end) return std::nullopt;
    return value;
}

}  // namespace latchkey
