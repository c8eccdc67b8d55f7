// SPDX-License-Identifier: GPL-2.0-or-later
// What a device contains before it is overwritten.
#pragma once

#include "latchkey/device.h"
#include "ui/ui.h"

namespace latchkey::cli {

// Prints "WARNING: Device D already contains a 'ext4' superblock signature.", one line each; returns whether there
// was one.
[[nodiscard]] Result<bool> tell_signatures(Ui& ui, const Device& device);

}  // namespace latchkey::cli
