// SPDX-License-Identifier: GPL-2.0-or-later
// Texts made from the tables: --help, --usage, --version.
#pragma once

#include <string>
#include <string_view>

#include "cli/program.h"

namespace latchkey::cli {

// Returns the help in the peer's layout: options, actions, old names, and the program's last lines.
[[nodiscard]] std::string help_text(const OurProgram& program, PeerRelease speaks_as);
// Returns a page for those who do not know the program: what people do most, actions by topic, where to find more.
[[nodiscard]] std::string greeting_text(const OurProgram& program);
// Returns that page with all options, by group.
[[nodiscard]] std::string long_help_text(const OurProgram& program, PeerRelease speaks_as);
// Returns the actions and options of one topic.
[[nodiscard]] std::string topic_help_text(const OurProgram& program, const Topic& topic);
// Returns the help for one action, with examples and the options that have an effect on it.
[[nodiscard]] std::string action_help_text(const OurProgram& program, const Action& action);
// Returns the text of --usage: every option in brackets.
[[nodiscard]] std::string usage_text(const OurProgram& program);
// Returns the text before the reason of a usage error: how to call the program (or the action, if it is known), and
// where to find more.
[[nodiscard]] std::string short_usage_text(const OurProgram& program, const Action* action,
                                           std::string_view action_word = {});

}  // namespace latchkey::cli
