// SPDX-License-Identifier: GPL-2.0-or-later
// What --dry-run would have done: the real code ran over shadows of the devices; here they are compared.
#pragma once

#include <vector>

#include "ui/devices.h"

namespace latchkey::cli {

// Prints what would have been written and what that means; returns the same for JSON, one fact for each device.
[[nodiscard]] std::vector<Fact> report_rehearsals(Output& output,
                                                  const std::vector<Rehearsal>& rehearsals);

}  // namespace latchkey::cli
