// SPDX-License-Identifier: LGPL-2.1-or-later
// Runs other programs: without a shell, with each word unchanged, and with only those resources of ours that are
// listed here.
#pragma once

#include <string>
#include <vector>

#include "latchkey/context.h"
#include "latchkey/error.h"
#include "latchkey/secret.h"

namespace latchkey {

// A program gets our standard input and standard error, our working directory and limits.  PATH is fixed.  From our
// environment it gets HOME, LANG, LANGUAGE, LC_*, LOGNAME, TERM, TZ and USER.
struct Program {
    std::vector<std::string> words =
        {};  // the first is the path, or a name to find in the system's folders
    std::vector<std::string> environment = {};  // "NAME=VALUE", added to or replacing the above
    bool quiet = false;  // discards its output, which otherwise goes to standard error
};

// Returns the path of one of the system's programs, or nothing if it is missing or not executable.  Ignores $PATH,
// because root must only run what no other user can change.
[[nodiscard]] LATCHKEY_API std::string find_program(const std::string& name);

// Returns the exit status, or 128 plus the number of the signal that ended the program.  NotFound; Interrupted, after
// ending the program within 100 ms.
[[nodiscard]] LATCHKEY_API Result<int> run_program(const Context& context, const Program& program);
// Returns what the program prints, whatever its exit status.  At most 8 MiB (InvalidArgument).
[[nodiscard]] LATCHKEY_API Result<SecretBuffer> read_program(const Context& context,
                                                             const Program& program);
// Calls run_program() and returns an error with the program's name if the exit status is not 0.
[[nodiscard]] LATCHKEY_API Result<void> must_run(const Context& context, const Program& program);

}  // namespace latchkey
