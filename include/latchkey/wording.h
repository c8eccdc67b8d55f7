// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstdarg>
#include <span>
#include <string>
#include <string_view>

#include "latchkey/error.h"  // LATCHKEY_API

namespace latchkey {

// The one door for text that is shown.  Whatever comes from a header, the kernel, a file, a plug-in or a name goes
// through here, so that it cannot drive the terminal, turn a line around, or make lines that look like ours.
//
// Shown as "\x1b", byte by byte: C0, DEL, C1 (U+0080 to U+009F), what changes the direction of text (U+202A to U+202E,
// U+2066 to U+2069), separators of lines and paragraphs (U+2028, U+2029), and what is not UTF-8.  All else stays,
// letters of any script among it.

// A value, a name.
[[nodiscard]] LATCHKEY_API std::string shown(std::string_view value);

// Text that was put together of values and of our own lines: newlines and tabs stay.
[[nodiscard]] LATCHKEY_API std::string without_controls(std::string_view text);

// printf whose format may have lines and tabs, and whose arguments may not.
[[nodiscard, gnu::format(printf, 1, 0)]] LATCHKEY_API std::string vshown(const char* format,
                                                                         std::va_list arguments);

// The candidate that is nearest to a misspelt word, or "" if none is near.
[[nodiscard]] LATCHKEY_API std::string_view nearest_word(
    std::string_view word, std::span<const std::string_view> candidates);

// A JSON text with the same meaning: "\u009b".  Bytes that are not UTF-8 stay.
[[nodiscard]] LATCHKEY_API std::string shown_json(std::string_view json);

}  // namespace latchkey
