// SPDX-License-Identifier: GPL-2.0-or-later
// printf into a std::string, translated or not.  Arguments cannot control the terminal (vshown).
#pragma once

#include <cstdarg>
#include <string>

namespace latchkey::cli {

[[gnu::format(printf, 1, 0)]] std::string vformat(const char* format, std::va_list arguments);
// Translates the format first (xgettext --keyword=text).
[[gnu::format(printf, 1, 2)]] std::string text(const char* format, ...);
// For programs, and for lines with a fixed form.
[[gnu::format(printf, 1, 2)]] std::string untranslated(const char* format, ...);

}  // namespace latchkey::cli
