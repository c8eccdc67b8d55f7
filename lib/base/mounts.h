// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "latchkey/mounts.h"

namespace latchkey {

// Undoes the kernel's escapes in lists of paths: blanks, tabs, newlines and backslashes are three octal digits.
[[nodiscard]] std::string without_octal_escapes(std::string_view text);

}  // namespace latchkey
