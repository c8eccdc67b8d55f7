// SPDX-License-Identifier: LGPL-2.1-or-later
// The one place that starts other programs.  What is started gets what is named here and nothing else: no descriptor that
// happens to be open, no variable that happens to be set, no signal that happens to be blocked or ignored.
#pragma once

#include <sys/types.h>

#include <string>
#include <string_view>
#include <vector>

#include "latchkey/error.h"

namespace latchkey::io {

// Where programs of the system are looked for, in this order; and $PATH of what is started.
inline constexpr std::string_view kProgramPath = "/usr/sbin:/usr/bin:/sbin:/bin";

// The path of a program: of a name, by `folders` ("A:B"), where root takes only what nobody but root can change; of an
// absolute path, as it is.  "" if it is not there or may not be run.
[[nodiscard]] std::string program_path(const std::string& name,
                                       std::string_view folders = kProgramPath);

struct Start {
    std::string path = {};                // absolute
    std::vector<std::string> words = {};  // the first is how it is called
    std::vector<std::string> environment =
        {};  // "NAME=VALUE", besides or instead of what all get: PATH, and the caller's
             // HOME, LANG, LANGUAGE, LC_*, LOGNAME, TERM, TZ, USER
    std::vector<std::string> passed = {};  // names of more variables of the caller's
    // Descriptors of ours; -1 is /dev/null.
    int input = -1;
    int output = -1;
    int errors = -1;
    int third = -1;  // becomes its descriptor 3; -1: it has none
};

// A process that was started; it is ended and waited for when nobody else has.
class Child {
  public:
    explicit Child(pid_t pid) : pid_(pid) {}
    Child(Child&& from) noexcept;
    Child& operator=(Child&&) = delete;
    Child(const Child&) = delete;
    Child& operator=(const Child&) = delete;
    ~Child();

    static constexpr int kRuns = -1;
    static constexpr int kUnknown = -2;
    // Its status, 128 and the number of the signal that ended it, or kRuns; kUnknown where this process has said that it
    // wants to hear of no child (SIGCHLD is ignored).
    [[nodiscard]] int look();
    [[nodiscard]] int wait();
    // It and what it has started: SIGTERM, and soon SIGKILL for what does not heed that.
    void end();

  private:
    pid_t pid_;
};

// Io or OutOfMemory, with the path.  Its limits, umask and working directory are ours.
[[nodiscard]] Result<Child> start(const Start& what);

}  // namespace latchkey::io
