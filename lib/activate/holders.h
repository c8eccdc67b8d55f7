// SPDX-License-Identifier: LGPL-2.1-or-later
// Who keeps a block device busy, as far as /proc and /sys tell us.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "latchkey/mapping_info.h"

namespace latchkey::activate {

// The mount points of a device in the text of /proc/self/mountinfo, unescaped.
[[nodiscard]] std::vector<std::string> mount_points(std::string_view mountinfo, std::uint32_t major,
                                                    std::uint32_t minor);
// The paths in the text of /proc/swaps, unescaped.
[[nodiscard]] std::vector<std::string> swap_areas(std::string_view swaps);

// Mounts, swap areas, devices above, processes that have it open (of those that we may look at).
[[nodiscard]] std::vector<Holder> find_holders(std::uint32_t major, std::uint32_t minor);

}  // namespace latchkey::activate
