// SPDX-License-Identifier: GPL-2.0-or-later
// The tables for programs: manual pages, completion and tests use them.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "cli/program.h"

namespace latchkey::cli {

// Returns JSON: {"schema", "version", "options": [...], "actions": [...]}; texts are untranslated.
[[nodiscard]] std::string introspection(const OurProgram& program);

// Returns a completion script; nothing if the shell is not supported.
[[nodiscard]] std::optional<std::string> completion_script(const OurProgram& program,
                                                           std::string_view shell);

}  // namespace latchkey::cli
