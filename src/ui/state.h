// SPDX-License-Identifier: GPL-2.0-or-later
// The state that a Ui keeps until finish().
#pragma once

#include <atomic>
#include <cstdio>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "ui/progress.h"
#include "ui/ui.h"

namespace latchkey::cli {

struct Ui::State {
    // A device of --dry-run: its present state, and its state afterwards.
    struct Rehearsal {
        Device real;
        Device shadow;
    };
    std::optional<Fact> result;
    std::vector<std::string> warnings;
    std::vector<Rehearsal> rehearsals;
    // A device that was opened to be written.  Its handle is not kept: an exclusive one would keep the device busy.
    struct Writable {
        std::string name;
        std::shared_ptr<const std::atomic<bool>> written;  // null: nothing is known
    };
    std::vector<Writable> writable;
    std::vector<Fact> dry_run;  // JSON, one for each device
    int lost_output = 0;        // errno of a failed write to stdout
    std::string last_hint;      // printed once, even if the passphrase is wrong several times
    Progress progress;
    std::FILE* begun_line = nullptr;  // a progress line on a terminal, without its newline
    bool data_on_stdout = false;
};

}  // namespace latchkey::cli
