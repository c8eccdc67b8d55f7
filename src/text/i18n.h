// SPDX-License-Identifier: GPL-2.0-or-later
// Marks and looks up texts of the command line; the catalogue is the library's.
#pragma once

#define N_(text) text

namespace latchkey::cli {

// Sets locale and catalogue; call once, first.
void start_translation();

// The text in the user's language; the text itself where there is no translation.
[[gnu::format_arg(1)]] const char* translate(const char* text);

}  // namespace latchkey::cli
