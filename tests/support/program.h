// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <string>
#include <vector>

#include "base/bytes.h"

namespace latchkey::test {

struct ProgramResult {
    int status = -1;  // exit status; 127 if there is no such program, 128 + n if signal n ended it
    Bytes output;     // standard output
};

// Runs a program from PATH, without standard input; its standard error is ours.
[[nodiscard]] ProgramResult run_program(const std::vector<std::string>& arguments);

}  // namespace latchkey::test
