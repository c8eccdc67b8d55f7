// SPDX-License-Identifier: LGPL-2.1-or-later
// Devices by what is on them.
#pragma once

#include <string>
#include <string_view>

#include "latchkey/error.h"

namespace latchkey {

// The path of "UUID=...", "LABEL=...", "PARTUUID=..." or "PARTLABEL=...", whose value may be in quotes: by udev's links,
// or else by a look at every device.  Any other name is its own path.  NoDevice if there is none; whether a path is there
// is not asked.
[[nodiscard]] LATCHKEY_API Result<std::string> find_device(std::string_view name);

}  // namespace latchkey
