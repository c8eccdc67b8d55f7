// SPDX-License-Identifier: LGPL-2.1-or-later
// printf into a std::string.  (std::format is not in g++ 12.)
#pragma once

#include <cstdarg>
#include <string>

namespace latchkey {

[[gnu::format(printf, 1, 2)]] std::string strprintf(const char* format, ...);
[[gnu::format(printf, 1, 0)]] std::string vstrprintf(const char* format, va_list arguments);

}  // namespace latchkey
