// SPDX-License-Identifier: LGPL-2.1-or-later
// Other programs: run without a shell, each word as it is, with nothing of ours but what is named here.
#pragma once

#include <string>
#include <vector>

#include "latchkey/context.h"
#include "latchkey/error.h"
#include "latchkey/secret.h"

namespace latchkey {

// It has our standard input and standard error, our working directory and limits; PATH is fixed, and of our environment
// it sees HOME, LANG, LANGUAGE, LC_*, LOGNAME, TERM, TZ and USER.
struct Program {
    std::vector<std::string> words =
        {};  // the first is its path, or a name to look for where the system keeps its
    std::vector<std::string> environment = {};  // "NAME=VALUE", besides or instead
    bool quiet = false;  // its output is thrown away; otherwise it goes to standard error
};

// The path of a system's program ($PATH is not asked: for root only what nobody else can change), or nothing if it is
// not there or may not be run.
[[nodiscard]] LATCHKEY_API std::string find_program(const std::string& name);

// Its exit status; 128 and the number of a signal that ended it.  NotFound, Interrupted (it is ended, too, within 100 ms).
[[nodiscard]] LATCHKEY_API Result<int> run_program(const Context& context, const Program& program);
// What it prints, whatever its exit status.  At most 8 MiB (InvalidArgument).
[[nodiscard]] LATCHKEY_API Result<SecretBuffer> read_program(const Context& context,
                                                             const Program& program);
// run_program, and an error that names it if it ends in another status than 0.
[[nodiscard]] LATCHKEY_API Result<void> must_run(const Context& context, const Program& program);

}  // namespace latchkey
