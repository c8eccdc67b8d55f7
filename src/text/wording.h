// SPDX-License-Identifier: GPL-2.0-or-later
// What goes with an error on a terminal; its words are the library's.
#pragma once

#include <string>
#include <string_view>

#include "latchkey/error.h"
#include "latchkey/peer.h"
#include "latchkey/wording.h"

namespace latchkey::cli {

// What to do about it, translated; "" if there is nothing to say.  `action` is what failed: its name is no cure.
[[nodiscard]] std::string advice(const Error& error, std::string_view action);

// "wrong or missing parameters"
[[nodiscard]] std::string status_text(int exit_status);

}  // namespace latchkey::cli
