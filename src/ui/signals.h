// SPDX-License-Identifier: GPL-2.0-or-later
// SIGINT and its like cancel the work at once; the terminal is left as it was found.
#pragma once

#include <signal.h>
#include <termios.h>

#include "latchkey/context.h"

namespace latchkey::cli {

// While one lives, SIGINT, SIGTERM, SIGHUP and SIGQUIT call context.cancel(); a second one of a kind, half a
// second later or more, ends the process.
class CancelOnSignals {
  public:
    explicit CancelOnSignals(Context& context);
    ~CancelOnSignals();
    CancelOnSignals(const CancelOnSignals&) = delete;
    CancelOnSignals& operator=(const CancelOnSignals&) = delete;
};

// True if one of them came.
[[nodiscard]] bool is_cancelled();

// Those signals and SIGTSTP.
sigset_t interrupting_signals();

// While one lives, a signal that ends or stops the process restores these modes first.
class RestoreOnSignal {
  public:
    RestoreOnSignal(int terminal, const termios& modes);
    ~RestoreOnSignal();
    RestoreOnSignal(const RestoreOnSignal&) = delete;
    RestoreOnSignal& operator=(const RestoreOnSignal&) = delete;

    // True once for each time the process was stopped (^Z) and went on: modes must be set and the prompt shown again.
    [[nodiscard]] bool went_on();
};

}  // namespace latchkey::cli
