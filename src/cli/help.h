// SPDX-License-Identifier: GPL-2.0-or-later
// Texts made of the tables: --help, --usage, --version.
#pragma once

#include <string>
#include <string_view>

#include "cli/action.h"

namespace latchkey::cli {

// "cryptsetup" for every path that ends so, else "latchkey".
[[nodiscard]] std::string_view program_name(std::string_view called_as);

[[nodiscard]] std::string version_text(std::string_view program);
// Everything: options, actions, old names, defaults.
[[nodiscard]] std::string help_text(std::string_view program);
// One action with the options that it heeds.
[[nodiscard]] std::string action_help_text(std::string_view program, const Action& action);
// --usage: every option in brackets.
[[nodiscard]] std::string usage_text(std::string_view program);
// What stands before the reason of a usage error: how to call it (the action, if it is known), and where more is said.
[[nodiscard]] std::string short_usage_text(std::string_view program, const Action* action,
                                           std::string_view action_word = {});

}  // namespace latchkey::cli
