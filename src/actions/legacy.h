// SPDX-License-Identifier: GPL-2.0-or-later
// The two parts of "legacy".
#pragma once

#include "ui/ui.h"

namespace latchkey::cli {

// Runs "legacy --probe <device>".
[[nodiscard]] Result<void> probe_legacy(Ui& ui, const Arguments& args);

}  // namespace latchkey::cli
