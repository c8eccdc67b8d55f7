// SPDX-License-Identifier: GPL-2.0-or-later
// Prepares the process, and runs the program whose name it was called by.
#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <new>
#include <span>
#include <string>

#include "cli/program.h"
#include "text/format.h"
#include "text/i18n.h"

namespace latchkey::cli {
namespace {

// Fills missing standard descriptors.  Otherwise a device could be opened as standard output and receive our text.
void fill_standard_descriptors() {
    for (int descriptor = 0; descriptor <= 2; ++descriptor)
        if (::fcntl(descriptor, F_GETFD) < 0 && errno == EBADF)
            // Read only, so that a write there fails and is noticed.
            if (::open("/dev/null", O_RDONLY) != descriptor) std::_Exit(1);
}

// Passphrases and keys are in memory; a crash must not write them to a disk.
void forbid_core_dumps() {
    const rlimit none = {0, 0};
    ::setrlimit(RLIMIT_CORE, &none);
}

// A session's limit may be lower than the number of descriptors that a command has open.  If the limit cannot be
// raised, opening fails with a message.
void allow_descriptors() {
    constexpr rlim_t kEnough = 64;
    rlimit limit = {};
    if (::getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur >= kEnough) return;
    limit.rlim_cur = std::min(kEnough, limit.rlim_max);
    ::setrlimit(RLIMIT_NOFILE, &limit);
}

// Checks that all output was written: an exit status of 0 promises this.
int flushed(int status) {
    const bool failed = std::fflush(stdout) != 0 || std::ferror(stdout) != 0;
    const int error = errno;
    if (!failed) return status;
    // A reader that closed the pipe needs no message.
    if (error != EPIPE)
        std::fprintf(stderr, "%s\n",
                     text("Cannot write to standard output: %s.", std::strerror(error)).c_str());
    return status == 0 ? 1 : status;
}

}  // namespace
}  // namespace latchkey::cli

int main(int argc, char** argv) {
    using namespace latchkey::cli;
    fill_standard_descriptors();
    forbid_core_dumps();
    allow_descriptors();
    // Writing to a pipe without a reader then gives EPIPE, and does not interrupt a change of a header.
    ::signal(SIGPIPE, SIG_IGN);
    // Writing beyond a limit on files (ulimit -f) then gives EFBIG, for the same reason.
    ::signal(SIGXFSZ, SIG_IGN);
    // We wait for the programs that we start, even if our parent ignores its children.
    ::signal(SIGCHLD, SIG_DFL);
    start_translation();
    const char* const called_as = argc > 0 ? argv[0] : "latchkey";
    const std::span<const char* const> words(argv + (argc > 0 ? 1 : 0),
                                             static_cast<std::size_t>(argc > 0 ? argc - 1 : 0));
    const OurProgram& program = program_called(called_as);
    try {
        return flushed(program.run(program, called_as, words));
    } catch (const std::bad_alloc&) {
        std::fprintf(stderr, "%s\n", translate(N_("Not enough memory.")));
        return 3;
    }
}
