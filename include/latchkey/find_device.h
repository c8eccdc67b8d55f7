// SPDX-License-Identifier: LGPL-2.1-or-later
// Finds devices by their content.
#pragma once

#include <string>
#include <string_view>

#include "latchkey/error.h"

namespace latchkey {

// Returns the path of "UUID=...", "LABEL=...", "PARTUUID=..." or "PARTLABEL=...", whose value may be in quotes. Uses
// udev's links first, then looks at every device.  Returns any other name unchanged, without checking that the path
// exists.  NoDevice if no device matches.
[[nodiscard]] LATCHKEY_API Result<std::string> find_device(std::string_view name);

}  // namespace latchkey
