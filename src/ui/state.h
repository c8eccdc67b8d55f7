// SPDX-License-Identifier: GPL-2.0-or-later
// What a Ui remembers until finish().
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "ui/progress.h"
#include "ui/ui.h"

namespace latchkey::cli {

struct Ui::State {
    // A device that --dry-run works on: as it is, and as it would be.
    struct Rehearsal {
        Device real;
        Device shadow;
    };
    std::optional<Fact> result;
    std::vector<std::string> warnings;
    std::vector<Rehearsal> rehearsals;
    std::vector<Fact> dry_run;  // JSON, one for each device
    int lost_output = 0;        // errno of a failed write to stdout
    std::string last_hint;      // said once, however often a passphrase is wrong
    Progress progress;
};

}  // namespace latchkey::cli
