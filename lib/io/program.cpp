// SPDX-License-Identifier: LGPL-2.1-or-later
#include "latchkey/program.h"

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "base/unique_fd.h"
#include "io/child.h"

namespace latchkey {
namespace {

constexpr std::size_t kMostOutput = 8 * 1024 * 1024;  // bytes, the same as for a key file
constexpr int kProgramLookMs = 40;                    // between checks for a cancellation

Result<io::Child> start_program(const Program& program, int output) {
    const std::string path = find_program(program.words.front());
    if (path.empty())
        return fail(Errc::NotFound, "program %s is not there, or may not be run",
                    program.words.front().c_str());
    return io::start({.path = path,
                      .words = program.words,
                      .environment = program.environment,
                      .input = STDIN_FILENO,
                      .output = output,
                      .errors = STDERR_FILENO});
}

bool is_wanted(const Context& context) {
    return !context.cancelled().load(std::memory_order_relaxed);
}

Error program_interrupted() {
    return fail(Errc::Interrupted, "stopped while a program ran");
}

Result<int> end_of(const Context& context, io::Child& child) {
    // Starts with short pauses: most programs end soon.
    for (int pause_ms = 1;; pause_ms = std::min(pause_ms * 2, kProgramLookMs)) {
        const int status = child.look();
        if (status != io::Child::kRuns) return status;
        if (!is_wanted(context)) return program_interrupted();
        ::poll(nullptr, 0, pause_ms);
    }
}

// Grows by copying into a new buffer, so that no part of a key is left in freed memory.
void append_secret(SecretBuffer& all, std::span<const std::byte> part) {
    SecretBuffer longer(all.size() + part.size());
    std::ranges::copy(all.bytes(), longer.bytes().begin());
    std::ranges::copy(part, longer.bytes().subspan(all.size()).begin());
    all = std::move(longer);
}

Result<SecretBuffer> read_output(const Context& context, int fd, const std::string& name) {
    SecretBuffer all;
    SecretBuffer block(65536);
    for (;;) {
        pollfd wanted = {fd, POLLIN, 0};
        const int ready = ::poll(&wanted, 1, kProgramLookMs);
        if (!is_wanted(context)) return program_interrupted();
        if (ready <= 0) continue;
        const ssize_t count = ::read(fd, block.bytes().data(), block.size());
        if (count == 0) return all;
        if (count < 0 && errno != EINTR)
            return fail(Errc::Io, "cannot read from %s: %s", name.c_str(), std::strerror(errno));
        if (count < 0) continue;
        if (all.size() + static_cast<std::size_t>(count) > kMostOutput)
            return fail(Errc::InvalidArgument, "%s prints more than %zu bytes", name.c_str(),
                        kMostOutput);
        append_secret(all, block.bytes().first(static_cast<std::size_t>(count)));
    }
}

}  // namespace

std::string find_program(const std::string& name) {
    return io::program_path(name);
}

Result<int> run_program(const Context& context, const Program& program) {
    LK_ASSIGN(io::Child child, start_program(program, program.quiet ? -1 : STDERR_FILENO));
    return end_of(context, child);
}

Result<SecretBuffer> read_program(const Context& context, const Program& program) {
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0)
        return fail(Errc::OutOfMemory, "cannot make a pipe: %s", std::strerror(errno));
    const UniqueFd input(ends[0]);
    UniqueFd output(ends[1]);
    LK_ASSIGN(io::Child child, start_program(program, output.get()));
    output = UniqueFd();
    auto printed = read_output(context, input.get(), program.words.front());
    if (!printed) return printed;
    LK_TRY(end_of(context, child));
    return printed;
}

Result<void> must_run(const Context& context, const Program& program) {
    LK_ASSIGN(const int status, run_program(context, program));
    if (status == 0) return {};
    return fail(Errc::Io, "%s failed with status %d", program.words.front().c_str(), status);
}

}  // namespace latchkey
