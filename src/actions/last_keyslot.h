// SPDX-License-Identifier: GPL-2.0-or-later
// The question before the last keyslot goes.
#pragma once

#include "ui/ui.h"

namespace latchkey::cli {

// Allows removing the last keyslot that a person can use if the user agrees: YES on a terminal, or -q.  Otherwise the
// guard stays, and the removal fails with LastKeyslot.
[[nodiscard]] Result<void> agree_to_remove(Ui& ui, const Volume& volume, int keyslot);

}  // namespace latchkey::cli
