// SPDX-License-Identifier: LGPL-2.1-or-later
// Who keeps a block device busy, as far as /proc and /sys tell us.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "latchkey/identity.h"
#include "latchkey/mapping_info.h"

namespace latchkey::io {

// The mount points of a device in the text of /proc/self/mountinfo, unescaped.
[[nodiscard]] std::vector<std::string> mount_points(std::string_view mountinfo, std::uint32_t major,
                                                    std::uint32_t minor);
// The paths in the text of /proc/swaps, unescaped.
[[nodiscard]] std::vector<std::string> swap_areas(std::string_view swaps);

// Mounts, swap areas, devices above.
[[nodiscard]] std::vector<Holder> find_users(std::uint32_t major, std::uint32_t minor);
// Those, and processes that have it open (of those that we may look at).
[[nodiscard]] std::vector<Holder> find_holders(std::uint32_t major, std::uint32_t minor);
// The same of a file or block device, with what holds the file that a loop device is made of: other loop devices over it
// that are held, and processes that have it open.
[[nodiscard]] std::vector<Holder> find_holders(const DeviceIdentity& device);
// "dm-3 (home), /mnt"; "" if nobody is known.
[[nodiscard]] std::string list_holders(const std::vector<Holder>& holders);

}  // namespace latchkey::io
