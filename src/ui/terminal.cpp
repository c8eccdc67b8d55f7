// SPDX-License-Identifier: GPL-2.0-or-later
#include "ui/terminal.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <span>

#include "latchkey/new_file.h"
#include "latchkey/wording.h"
#include "ui/signals.h"

namespace latchkey::cli {
namespace {

constexpr int kLookMs = 40;  // interval for checking whether to stop

Error cannot_read() {
    return fail_saying(Errc::InvalidArgument, "Error reading passphrase from terminal.");
}

// Shows as much of the text as the terminal takes.
void show(int terminal, std::string_view text) {
    (void)write_all(terminal, std::as_bytes(std::span(text)));
}

// The controlling terminal, or its replacement.
class Terminal {
  public:
    Terminal() {
        owned_ = ::open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);
        input_ = owned_ >= 0 ? owned_ : STDIN_FILENO;
        output_ = owned_ >= 0 ? owned_ : STDERR_FILENO;
    }
    ~Terminal() {
        if (owned_ >= 0) ::close(owned_);
    }
    Terminal(const Terminal&) = delete;
    Terminal& operator=(const Terminal&) = delete;
    [[nodiscard]] int input() const { return input_; }
    [[nodiscard]] int output() const { return output_; }

  private:
    int owned_ = -1;
    int input_ = -1;
    int output_ = -1;
};

// Turns echo off during its life (unless it is wanted), and restores the modes on every way out.
class NoEcho {
  public:
    NoEcho(int terminal, const termios& modes, Echo echo)
        : terminal_(terminal), modes_(modes), echo_(echo), on_signal_(terminal, modes) {}
    ~NoEcho() { ::tcsetattr(terminal_, TCSADRAIN, &modes_); }
    NoEcho(const NoEcho&) = delete;
    NoEcho& operator=(const NoEcho&) = delete;

    // Discards input typed before the prompt: it was not an answer to it.
    [[nodiscard]] bool start() const {
        termios quiet = modes_;
        constexpr tcflag_t kShown = ECHO | ECHOE | ECHOK | ECHONL;
        if (echo_ == Echo::Off) quiet.c_lflag &= ~kShown;
        quiet.c_lflag |= ICANON | ISIG;
        return ::tcsetattr(terminal_, TCSAFLUSH, &quiet) == 0;
    }
    [[nodiscard]] bool went_on() { return on_signal_.went_on(); }

  private:
    int terminal_;
    termios modes_;
    Echo echo_;
    RestoreOnSignal on_signal_;
};

// Signals are blocked outside of ppoll(), so that none is lost between checking and waiting.
class BlockedSignals {
  public:
    BlockedSignals() {
        const sigset_t set = interrupting_signals();
        ::sigprocmask(SIG_BLOCK, &set, &before_);
    }
    ~BlockedSignals() { ::sigprocmask(SIG_SETMASK, &before_, nullptr); }
    BlockedSignals(const BlockedSignals&) = delete;
    BlockedSignals& operator=(const BlockedSignals&) = delete;
    [[nodiscard]] const sigset_t& before() const { return before_; }

  private:
    sigset_t before_;
};

timespec now() {
    timespec time = {};
    ::clock_gettime(CLOCK_MONOTONIC, &time);
    return time;
}

timespec remaining(const timespec& start, std::uint32_t seconds) {
    const timespec here = now();
    timespec left = {start.tv_sec + static_cast<time_t>(seconds) - here.tv_sec,
                     start.tv_nsec - here.tv_nsec};
    if (left.tv_nsec < 0) {
        left.tv_nsec += 1'000'000'000;
        --left.tv_sec;
    }
    return left.tv_sec < 0 ? timespec{} : left;
}

enum class Wait : std::uint8_t { Ready, TimedOut, Signal };

// Waits at most `seconds` from `start`; 0 = for ever.
Wait wait_for_input(int terminal, const timespec& start, std::uint32_t seconds,
                    const sigset_t& open_to) {
    pollfd wanted = {terminal, POLLIN, 0};
    const timespec left = remaining(start, seconds);
    const int ready = ::ppoll(&wanted, 1, seconds != 0 ? &left : nullptr, &open_to);
    if (ready > 0) return Wait::Ready;
    return ready == 0 ? Wait::TimedOut : Wait::Signal;
}

Result<TypedLine> read_line(const Terminal& terminal, NoEcho& echo, std::string_view prompt,
                            std::uint32_t seconds, const sigset_t& open_to) {
    const timespec start = now();
    TypedLine line{SecretBuffer(kMostTyped)};
    SecretBuffer block(kMostTyped);
    std::size_t length = 0;
    for (;;) {
        const Wait wait = wait_for_input(terminal.input(), start, seconds, open_to);
        if (wait == Wait::TimedOut) return cannot_read();
        if (wait == Wait::Signal && echo.went_on()) {
            if (!echo.start()) return cannot_read();
            show(terminal.output(), prompt);
            length = 0;
            continue;
        }
        if (wait == Wait::Signal && !is_cancelled()) continue;
        if (wait == Wait::Signal) {
            Error error = cannot_read();
            error.code = Errc::Interrupted;
            return error;
        }
        const ssize_t count = ::read(terminal.input(), block.bytes().data(), block.size());
        if (count < 0 || (count == 0 && length == 0)) return cannot_read();
        auto typed = block.bytes().first(static_cast<std::size_t>(count));
        const bool ended = typed.empty() || typed.back() == std::byte{'\n'};
        if (!typed.empty() && ended) typed = typed.first(typed.size() - 1);
        const std::size_t taken = std::min(typed.size(), kMostTyped - length);
        std::ranges::copy(typed.first(taken), line.bytes.bytes().subspan(length).begin());
        length += taken;
        if (taken < typed.size()) line.too_long = true;
        if (!ended) continue;
        line.bytes.shrink(length);
        return line;
    }
}

}  // namespace

Result<TypedLine> ask_secret(std::string_view prompt, std::uint32_t timeout_seconds, Echo echoed) {
    const Terminal terminal;
    termios modes = {};
    if (::tcgetattr(terminal.input(), &modes) != 0) return cannot_read();
    const BlockedSignals blocked;
    NoEcho echo(terminal.input(), modes, echoed);
    // Turns echo off before the prompt appears, so that an answer is never visible.
    if (!echo.start()) return cannot_read();
    show(terminal.output(), without_controls(prompt));
    auto line = read_line(terminal, echo, prompt, timeout_seconds, blocked.before());
    // With echo, the terminal has shown the newline that was typed.
    if (line && echoed == Echo::Off) show(terminal.output(), "\n");
    return line;
}

Result<std::string> read_answer() {
    std::string line;
    for (;;) {
        char c = '\0';
        pollfd wanted = {STDIN_FILENO, POLLIN, 0};
        if (::poll(&wanted, 1, kLookMs) == 0 && !is_cancelled()) continue;
        if (is_cancelled()) return fail(Errc::Interrupted, "stopped at a question");
        // Reads byte by byte, because the following input is not for us.
        const ssize_t count = ::read(STDIN_FILENO, &c, 1);
        if (count < 0 && errno == EINTR) continue;
        if (count <= 0 && line.empty())
            return fail_saying(Errc::InvalidArgument, "Error reading response from terminal.");
        if (count <= 0) return line;
        if (line.size() < 255 || c == '\n') line += c;
        if (c == '\n') return line;
    }
}

}  // namespace latchkey::cli
