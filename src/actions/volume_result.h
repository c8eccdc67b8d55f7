// SPDX-License-Identifier: GPL-2.0-or-later
// The result of an action on a volume.
#pragma once

#include <vector>

#include "latchkey/volume.h"
#include "ui/facts.h"

namespace latchkey::cli {

// Returns {"device", "type", "uuid", "sequence_id"} and `facts`, the result of every change.
[[nodiscard]] Fact volume_result(const Volume& volume, std::vector<Fact> facts = {});

}  // namespace latchkey::cli
