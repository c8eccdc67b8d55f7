// SPDX-License-Identifier: GPL-2.0-or-later
// Errors in the words that people and scripts know.
#pragma once

#include <string>
#include <string_view>

#include "latchkey/error.h"

namespace latchkey::cli {

// With "\x1b" for control characters: names out of headers and from other programs must not drive
// the terminal.  Newlines and tabs stay.
[[nodiscard]] std::string without_controls(std::string_view text);

// "AF stripes 3999 != 4000" -> "AF stripes 3999 != 4000."  What ends like a sentence is one already.
[[nodiscard]] std::string sentence(std::string_view message);

// The peer's text for this kind of error where it has one, else the error's own.
[[nodiscard]] std::string peer_words(const Error& error);

// What to do about it, translated; "" if there is nothing to say.
[[nodiscard]] std::string advice(const Error& error);

// "wrong or missing parameters"
[[nodiscard]] std::string status_text(int exit_status);

}  // namespace latchkey::cli
