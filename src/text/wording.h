// SPDX-License-Identifier: GPL-2.0-or-later
// The text that accompanies an error on a terminal.
#pragma once

#include <string>
#include <string_view>

#include "latchkey/error.h"
#include "latchkey/peer.h"
#include "latchkey/wording.h"

namespace latchkey::cli {

// Returns the translated hint; "" if there is none.  `action` failed, so a hint that names it does not help.
[[nodiscard]] std::string advice(const Error& error, std::string_view action);

// Returns, for example, "wrong or missing parameters".
[[nodiscard]] std::string status_text(int exit_status);

}  // namespace latchkey::cli
