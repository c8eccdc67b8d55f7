// SPDX-License-Identifier: GPL-2.0-or-later
// The tables for programs: manual pages and tests use them.
#pragma once

#include <string>

#include "cli/program.h"

namespace latchkey::cli {

// Returns JSON: {"schema", "program", "version", "options": [...], "actions": [...]}; texts are untranslated.
[[nodiscard]] std::string introspection(const OurProgram& program);

}  // namespace latchkey::cli
