// SPDX-License-Identifier: GPL-2.0-or-later
// SIGINT and similar signals cancel the work at once and restore the terminal.
#pragma once

#include <signal.h>
#include <termios.h>

#include "latchkey/context.h"

namespace latchkey::cli {

// During its life, SIGINT, SIGTERM, SIGHUP and SIGQUIT call context.cancel(); the same signal again, at least half a
// second later, ends the process.
class CancelOnSignals {
  public:
    explicit CancelOnSignals(Context& context);
    ~CancelOnSignals();
    CancelOnSignals(const CancelOnSignals&) = delete;
    CancelOnSignals& operator=(const CancelOnSignals&) = delete;
};

// Returns true if one of them arrived.
[[nodiscard]] bool is_cancelled();

// Returns those signals and SIGTSTP.
sigset_t interrupting_signals();

// During its life, a signal that ends or stops the process restores these modes first.
class RestoreOnSignal {
  public:
    RestoreOnSignal(int terminal, const termios& modes);
    ~RestoreOnSignal();
    RestoreOnSignal(const RestoreOnSignal&) = delete;
    RestoreOnSignal& operator=(const RestoreOnSignal&) = delete;

    // Returns true once for each time the process was stopped (^Z) and continued: the caller must set the modes and
    // print the prompt again.
    [[nodiscard]] bool went_on();
};

}  // namespace latchkey::cli
