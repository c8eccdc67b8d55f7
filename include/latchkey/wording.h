// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstdarg>
#include <span>
#include <string>
#include <string_view>

#include "latchkey/error.h"  // LATCHKEY_API

namespace latchkey {

// All text that is shown passes through here: text from a header, the kernel, a file, a plug-in or a name must not
// control the terminal, reverse the direction of a line, or imitate our own lines.
//
// The following is shown as "\x1b", byte by byte: C0, DEL, C1 (U+0080 to U+009F), characters that change the
// direction of text (U+202A to U+202E, U+2066 to U+2069), separators of lines and paragraphs (U+2028, U+2029), and
// bytes that are not UTF-8.  Everything else stays, including letters of any script.

// Returns a value or a name as it is shown.
[[nodiscard]] LATCHKEY_API std::string shown(std::string_view value);

// Returns text composed of values and our own lines as it is shown: newlines and tabs stay.
[[nodiscard]] LATCHKEY_API std::string without_controls(std::string_view text);

// Formats like printf.  Newlines and tabs of the format stay; those of the arguments are shown as escapes.
[[nodiscard, gnu::format(printf, 1, 0)]] LATCHKEY_API std::string vshown(const char* format,
                                                                         std::va_list arguments);

// Returns the candidate nearest to a misspelt word, or "" if none is near.
[[nodiscard]] LATCHKEY_API std::string_view nearest_word(
    std::string_view word, std::span<const std::string_view> candidates);

// Returns a JSON text with the same meaning and with escapes such as "\u009b".  Bytes that are not UTF-8 stay.
[[nodiscard]] LATCHKEY_API std::string shown_json(std::string_view json);

}  // namespace latchkey
