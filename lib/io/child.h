// SPDX-License-Identifier: LGPL-2.1-or-later
// The only place that starts other programs.  The child gets what is named here and nothing else: it inherits no other
// open descriptor, variable, or blocked or ignored signal.
#pragma once

#include <sys/types.h>

#include <string>
#include <string_view>
#include <vector>

#include "latchkey/error.h"

namespace latchkey::io {

// The folders searched for system programs, in this order, and the child's $PATH.
inline constexpr std::string_view kProgramPath = "/usr/sbin:/usr/bin:/sbin:/bin";

// Returns the path of a program.  A name is searched for in `folders` ("A:B"); for root, only programs that nobody but
// root can change are found.  An absolute path is returned as it is.  "" if the program does not exist or may not be
// run.
[[nodiscard]] std::string program_path(const std::string& name,
                                       std::string_view folders = kProgramPath);

struct Start {
    std::string path = {};                // absolute
    std::vector<std::string> words = {};  // the first is argv[0]
    std::vector<std::string> environment =
        {};  // "NAME=VALUE", added to or replacing what every child gets: PATH, and the
             // caller's HOME, LANG, LANGUAGE, LC_*, LOGNAME, TERM, TZ, USER
    std::vector<std::string> passed = {};  // names of further variables to copy from the caller
    // Descriptors of this process; -1 is /dev/null.
    int input = -1;
    int output = -1;
    int errors = -1;
    int third = -1;  // becomes the child's descriptor 3; -1: none
};

// A process that was started.  The destructor ends it and waits for it if that has not been done.
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
    // Returns the exit status, 128 plus the number of the signal that ended the process, or kRuns.  kUnknown if this
    // process ignores SIGCHLD, so that the kernel reports no child.
    [[nodiscard]] int look();
    [[nodiscard]] int wait();
    // Ends the process and its descendants: SIGTERM, and soon SIGKILL for those that are still running.
    void end();

  private:
    pid_t pid_;
};

// Fails with Io or OutOfMemory and names the path.  The child inherits limits, umask and working directory.
[[nodiscard]] Result<Child> start(const Start& what);

}  // namespace latchkey::io
