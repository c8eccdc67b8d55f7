// SPDX-License-Identifier: GPL-2.0-or-later
// Completion scripts, made from a program's tables.  Their shell code stands in the files *.in; a word @name@ in them
// is replaced.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "cli/program.h"

namespace latchkey::cli {

// Returns a completion script; nothing if the shell is not supported.
[[nodiscard]] std::optional<std::string> completion_script(const OurProgram& program,
                                                           std::string_view shell);

}  // namespace latchkey::cli
