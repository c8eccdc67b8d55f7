// SPDX-License-Identifier: GPL-2.0-or-later
// Other programs: run without a shell, each word as it is.
#pragma once

#include <string>
#include <vector>

#include "latchkey/context.h"
#include "latchkey/error.h"
#include "latchkey/secret.h"

namespace latchkey::cli {

struct Program {
    std::vector<std::string> words = {};        // the first is its path, or a name to look for where the system keeps its
    std::vector<std::string> environment = {};  // "NAME=VALUE", besides or instead of what there is
    bool quiet = false;                         // its output is thrown away; otherwise it goes to standard error
};

// The path of a system's program, or nothing if it is not there or may not be run.
[[nodiscard]] std::string find_program(const std::string& name);

// Its exit status; 128 and the number of a signal that ended it.  NotFound, Interrupted (it is ended, too).
[[nodiscard]] Result<int> run_program(const Context& context, const Program& program);
// What it prints, whatever its exit status.  At most 8 MiB (InvalidArgument).
[[nodiscard]] Result<SecretBuffer> read_program(const Context& context, const Program& program);
// run_program, and an error that names it if it ends in another status than 0.
[[nodiscard]] Result<void> must_run(const Context& context, const Program& program);

}  // namespace latchkey::cli
