// SPDX-License-Identifier: LGPL-2.1-or-later
// Errors in the words that people and scripts know.
#pragma once

#include <string>
#include <string_view>

#include "latchkey/error.h"

namespace latchkey {

// "AF stripes 3999 != 4000" -> "AF stripes 3999 != 4000."  What ends like a sentence is one already.
[[nodiscard]] LATCHKEY_API std::string sentence(std::string_view message);

// The peer's text for this kind of error where it has one, else the error's own.
[[nodiscard]] LATCHKEY_API std::string peer_words(const Error& error);

// With "\x1b" for control characters: names out of headers and from other programs must not drive
// the terminal.  Newlines and tabs stay.
[[nodiscard]] LATCHKEY_API std::string without_controls(std::string_view text);

}  // namespace latchkey
