// SPDX-License-Identifier: GPL-2.0-or-later
// What goes with an error on a terminal; its words are the library's.
#pragma once

#include <string>

#include "latchkey/error.h"
#include "latchkey/wording.h"

namespace latchkey::cli {

// What to do about it, translated; "" if there is nothing to say.
[[nodiscard]] std::string advice(const Error& error);

// "wrong or missing parameters"
[[nodiscard]] std::string status_text(int exit_status);

}  // namespace latchkey::cli
