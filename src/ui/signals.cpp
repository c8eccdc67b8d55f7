// SPDX-License-Identifier: GPL-2.0-or-later
#include "ui/signals.h"

#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <ctime>
#include <initializer_list>

namespace latchkey::cli {
namespace {

constexpr std::initializer_list<int> kEnding = {SIGINT, SIGTERM, SIGHUP, SIGQUIT};

// A signal handler has no arguments, so this state is global.  No other state may be.
std::atomic<Context*> cancelled_context = nullptr;
std::atomic<int> restored_terminal = -1;
std::atomic<bool> continued = false;
termios restored_modes;  // written before restored_terminal is set, read after
static_assert(std::atomic<Context*>::is_always_lock_free && std::atomic<int>::is_always_lock_free);

void restore_terminal() {
    const int terminal = restored_terminal.load();
    if (terminal >= 0) ::tcsetattr(terminal, TCSANOW, &restored_modes);
}

// timeout(1) and shells send a signal to the process and to its group: both count as one request.
constexpr long kOneWish = 500;  // milliseconds
constexpr int kLargestEnding = SIGTERM;
std::array<std::atomic<long>, kLargestEnding + 1>
    first_time;  // of each signal, in milliseconds; 0: not yet
static_assert(std::atomic<long>::is_always_lock_free && SIGINT <= kLargestEnding &&
              SIGHUP <= kLargestEnding && SIGQUIT <= kLargestEnding);

long milliseconds_now() {
    struct timespec now = {};
    ::clock_gettime(CLOCK_MONOTONIC, &now);
    return static_cast<long>(now.tv_sec) * 1000 + now.tv_nsec / 1'000'000 + 1;
}

// Returns true for the second request to end; keeps the time of the first.
bool comes_again(int signal) {
    const long now = milliseconds_now();
    long first = 0;
    if (first_time[static_cast<std::size_t>(signal)].compare_exchange_strong(first, now))
        return false;
    return now - first > kOneWish;
}

void on_ending_signal(int signal) {
    const int saved_errno = errno;
    if (comes_again(signal)) {
        ::signal(signal, SIG_DFL);
        ::raise(signal);  // the process ends when this handler returns
    }
    restore_terminal();
    if (Context* context = cancelled_context.load()) context->cancel();
    errno = saved_errno;
}

// Restores the terminal and stops the process as if there were no handler.
void on_stop_signal(int) {
    const int saved_errno = errno;
    restore_terminal();
    ::raise(SIGSTOP);
    continued.store(true);
    errno = saved_errno;
}

// Without SA_RESTART, so that a read that waits for the user is interrupted.
void handle(int signal, void (*handler)(int), int flags) {
    struct sigaction action = {};
    action.sa_handler = handler;
    action.sa_flags = flags;
    sigemptyset(&action.sa_mask);
    ::sigaction(signal, &action, nullptr);
}

}  // namespace

CancelOnSignals::CancelOnSignals(Context& context) {
    cancelled_context.store(&context);
    for (const int signal : kEnding) {
        // A signal that the parent ignored (nohup) stays ignored.
        struct sigaction inherited = {};
        ::sigaction(signal, nullptr, &inherited);
        if (inherited.sa_handler != SIG_IGN) handle(signal, on_ending_signal, 0);
    }
}

CancelOnSignals::~CancelOnSignals() {
    cancelled_context.store(nullptr);
}

sigset_t interrupting_signals() {
    sigset_t set;
    sigemptyset(&set);
    for (const int signal : kEnding) sigaddset(&set, signal);
    sigaddset(&set, SIGTSTP);
    return set;
}

RestoreOnSignal::RestoreOnSignal(int terminal, const termios& modes) {
    restored_modes = modes;
    continued.store(false);
    restored_terminal.store(terminal);
    handle(SIGTSTP, on_stop_signal, 0);
}

RestoreOnSignal::~RestoreOnSignal() {
    handle(SIGTSTP, SIG_DFL, 0);
    restored_terminal.store(-1);
}

bool RestoreOnSignal::went_on() {
    return continued.exchange(false);
}

bool is_cancelled() {
    const Context* context = cancelled_context.load();
    return context != nullptr && context->cancelled().load(std::memory_order_relaxed);
}

}  // namespace latchkey::cli
