// SPDX-License-Identifier: LGPL-2.1-or-later
// Marks and looks up texts for people.  N_() marks a constant for xgettext; translate() looks it up when shown.
#pragma once

#define N_(text) text

namespace latchkey {

inline constexpr const char* kTextDomain = "latchkey";

// Returns the text in the user's language, or the text itself if it has no translation.
[[gnu::format_arg(1)]] const char* translate(const char* text);

}  // namespace latchkey
