// SPDX-License-Identifier: GPL-2.0-or-later
// Texts made from the tables: --help, --usage, --version.
#pragma once

#include <string>
#include <string_view>

#include "cli/action.h"

namespace latchkey::cli {

// Returns "cryptsetup" for every path that ends with it, else "latchkey".
[[nodiscard]] std::string_view program_name(std::string_view called_as);

[[nodiscard]] std::string version_text(std::string_view program);
// Returns the whole help: options, actions, old names, defaults.
[[nodiscard]] std::string help_text(std::string_view program);
// Returns the help for one action, with the options that have an effect on it.
[[nodiscard]] std::string action_help_text(std::string_view program, const Action& action);
// Returns the text of --usage: every option in brackets.
[[nodiscard]] std::string usage_text(std::string_view program);
// Returns the text before the reason of a usage error: how to call the program (or the action, if it is known), and
// where to find more.
[[nodiscard]] std::string short_usage_text(std::string_view program, const Action* action,
                                           std::string_view action_word = {});

}  // namespace latchkey::cli
