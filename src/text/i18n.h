// SPDX-License-Identifier: GPL-2.0-or-later
// Marks and translates texts of the command line; the library's catalogue contains them.
#pragma once

#define N_(text) text

namespace latchkey::cli {

// Sets locale and catalogue; call it once, before anything else.
void start_translation();

// Returns the text in the user's language, or unchanged if there is no translation.
[[gnu::format_arg(1)]] const char* translate(const char* text);

}  // namespace latchkey::cli
