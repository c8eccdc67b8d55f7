// SPDX-License-Identifier: GPL-2.0-or-later
// What a change of a header means for the user, in sentences.
#pragma once

#include <string>
#include <vector>

#include "latchkey/device.h"
#include "latchkey/volume.h"

namespace latchkey::cli {

// Compares the volume before and after; null: no header opens.  `changed` are the ranges that are written.
[[nodiscard]] std::vector<std::string> consequences(const Volume* before, const Volume* after,
                                                    const std::vector<ByteRange>& changed);

}  // namespace latchkey::cli
