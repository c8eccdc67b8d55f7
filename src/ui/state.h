// SPDX-License-Identifier: GPL-2.0-or-later
// The state that a Ui keeps until finish().
#pragma once

#include <cstdio>
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
    std::vector<Device> writable;  // devices opened to be written
    std::vector<Fact> dry_run;     // JSON, one for each device
    int lost_output = 0;           // errno of a failed write to stdout
    std::string last_hint;         // printed once, even if the passphrase is wrong several times
    Progress progress;
    std::FILE* begun_line = nullptr;  // a progress line on a terminal, without its newline
    bool data_on_stdout = false;
};

}  // namespace latchkey::cli
