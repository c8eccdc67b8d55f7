// SPDX-License-Identifier: GPL-2.0-or-later
#include "crypttab/program.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace latchkey::cli {
namespace {

constexpr std::size_t kMostOutput = 8 * 1024 * 1024;  // bytes, as of a key file
constexpr int kPatience = 200;                         // ms between looks at whether to stop

class Descriptor {
  public:
    explicit Descriptor(int fd) : fd_(fd) {}
    ~Descriptor() { reset(); }
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    [[nodiscard]] int get() const { return fd_; }
    void reset() {
        if (fd_ >= 0) ::close(fd_);
        fd_ = -1;
    }

  private:
    int fd_;
};

// Later words of the same name replace earlier ones.
std::vector<std::string> environment_with(const std::vector<std::string>& added) {
    const auto name_of = [](std::string_view word) { return word.substr(0, word.find('=') + 1); };
    std::vector<std::string> all;
    for (char** word = environ; word != nullptr && *word != nullptr; ++word) {
        const bool replaced = std::ranges::any_of(
            added, [&](const std::string& one) { return name_of(one) == name_of(*word); });
        if (!replaced) all.emplace_back(*word);
    }
    all.insert(all.end(), added.begin(), added.end());
    return all;
}

std::vector<char*> pointers_to(std::vector<std::string>& words) {
    std::vector<char*> pointers;
    for (std::string& word : words) pointers.push_back(word.data());
    pointers.push_back(nullptr);
    return pointers;
}

// Between fork and exec only what is safe there.
[[noreturn]] void become(const char* path, char** words, char** environment, int output) {
    ::signal(SIGPIPE, SIG_DFL);
    const bool ready = ::dup2(output, STDOUT_FILENO) >= 0;
    // Devices and terminals that we have open are not for it.
    ::close_range(STDERR_FILENO + 1, ~0U, 0);
    if (ready) ::execve(path, words, environment);
    ::_exit(127);
}

class Child {
  public:
    explicit Child(pid_t pid) : pid_(pid) {}
    ~Child() {
        if (pid_ > 0) static_cast<void>(end());
    }
    Child(const Child&) = delete;
    Child& operator=(const Child&) = delete;

    // Its status once it has ended; -1 while it runs.
    int look() {
        int status = 0;
        const pid_t ended = ::waitpid(pid_, &status, WNOHANG);
        if (ended == 0 || (ended < 0 && errno == EINTR)) return -1;
        pid_ = -1;
        return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
    }
    int end() {
        ::kill(pid_, SIGTERM);
        int status = 0;
        while (::waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
        }
        pid_ = -1;
        return status;
    }

  private:
    pid_t pid_;
};

Result<pid_t> start(const Program& program, int output) {
    const std::string path = find_program(program.words.front());
    if (path.empty())
        return fail(Errc::NotFound, "program %s is not there, or may not be run",
                    program.words.front().c_str());
    std::vector<std::string> words = program.words;
    std::vector<std::string> environment = environment_with(program.environment);
    const std::vector<char*> word_pointers = pointers_to(words);
    const std::vector<char*> environment_pointers = pointers_to(environment);
    const pid_t pid = ::fork();
    if (pid == 0)
        become(path.c_str(), const_cast<char**>(word_pointers.data()),
               const_cast<char**>(environment_pointers.data()), output);
    if (pid < 0) return fail(Errc::OutOfMemory, "cannot start %s: %s", path.c_str(), std::strerror(errno));
    return pid;
}

Error interrupted() { return fail(Errc::Interrupted, "interrupted"); }

// Grows by copying into a new buffer, so that no part of a key stays behind.
void append(SecretBuffer& all, std::span<const std::byte> part) {
    SecretBuffer longer(all.size() + part.size());
    std::ranges::copy(all.bytes(), longer.bytes().begin());
    std::ranges::copy(part, longer.bytes().subspan(all.size()).begin());
    all = std::move(longer);
}

Result<SecretBuffer> read_all(const Context& context, int fd, const std::string& name) {
    SecretBuffer all;
    SecretBuffer block(65536);
    for (;;) {
        pollfd wanted = {fd, POLLIN, 0};
        const int ready = ::poll(&wanted, 1, kPatience);
        if (context.cancelled().load(std::memory_order_relaxed)) return interrupted();
        if (ready <= 0) continue;
        const ssize_t count = ::read(fd, block.bytes().data(), block.size());
        if (count == 0) return all;
        if (count < 0 && errno != EINTR)
            return fail(Errc::Io, "cannot read from %s: %s", name.c_str(), std::strerror(errno));
        if (count < 0) continue;
        if (all.size() + static_cast<std::size_t>(count) > kMostOutput)
            return fail(Errc::InvalidArgument, "%s prints more than %zu bytes", name.c_str(), kMostOutput);
        append(all, block.bytes().first(static_cast<std::size_t>(count)));
    }
}

}  // namespace

std::string find_program(const std::string& name) {
    if (name.find('/') != std::string::npos) return ::access(name.c_str(), X_OK) == 0 ? name : "";
    // Not $PATH: an early boot may have none.
    for (const char* folder : {"/usr/local/sbin/", "/usr/sbin/", "/usr/bin/", "/sbin/", "/bin/"}) {
        std::string path = folder + name;
        if (::access(path.c_str(), X_OK) == 0) return path;
    }
    return {};
}

Result<int> run_program(const Context& context, const Program& program) {
    const Descriptor nowhere(program.quiet ? ::open("/dev/null", O_WRONLY | O_CLOEXEC) : -1);
    LK_ASSIGN(const pid_t pid, start(program, program.quiet ? nowhere.get() : STDERR_FILENO));
    Child child(pid);
    // Short at first: most programs are.
    for (int pause_ms = 1;; pause_ms = std::min(pause_ms * 2, kPatience)) {
        const int status = child.look();
        if (status >= 0) return status;
        if (context.cancelled().load(std::memory_order_relaxed)) return interrupted();
        ::poll(nullptr, 0, pause_ms);
    }
}

Result<SecretBuffer> read_program(const Context& context, const Program& program) {
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0)
        return fail(Errc::OutOfMemory, "cannot make a pipe: %s", std::strerror(errno));
    const Descriptor input(ends[0]);
    Descriptor output(ends[1]);
    LK_ASSIGN(const pid_t pid, start(program, output.get()));
    output.reset();
    Child child(pid);
    auto printed = read_all(context, input.get(), program.words.front());
    if (!printed) return printed;
    while (child.look() < 0) {
        if (context.cancelled().load(std::memory_order_relaxed)) return interrupted();
        ::poll(nullptr, 0, 2);
    }
    return printed;
}

Result<void> must_run(const Context& context, const Program& program) {
    LK_ASSIGN(const int status, run_program(context, program));
    if (status == 0) return {};
    return fail(Errc::Io, "%s failed with status %d", program.words.front().c_str(), status);
}

}  // namespace latchkey::cli
