// SPDX-License-Identifier: GPL-2.0-or-later
// Runs a program that has actions.
#pragma once

#include <span>

#include "cli/program.h"

namespace latchkey::cli {

// Parses the words, runs the action and returns its exit status.
[[nodiscard]] int run_command_line(const OurProgram& program, const char* called_as,
                                   std::span<const char* const> words);

}  // namespace latchkey::cli
