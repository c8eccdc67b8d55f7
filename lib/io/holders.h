// SPDX-License-Identifier: LGPL-2.1-or-later
// Finds what keeps a block device busy, as far as /proc and /sys show it.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "latchkey/identity.h"
#include "latchkey/mapping_info.h"

namespace latchkey::io {

// Returns the mount points of a device in the text of /proc/self/mountinfo, unescaped.
[[nodiscard]] std::vector<std::string> mount_points(std::string_view mountinfo, std::uint32_t major,
                                                    std::uint32_t minor);
// Returns the device number of the served volume that is mounted at `point`, as the same text has it.
[[nodiscard]] std::optional<dev_t> served_volume_at(std::string_view mountinfo,
                                                    std::string_view point);
// Returns the paths in the text of /proc/swaps, unescaped.
[[nodiscard]] std::vector<std::string> swap_areas(std::string_view swaps);

// Returns mounts, swap areas and devices above it.
[[nodiscard]] std::vector<Holder> find_users(std::uint32_t major, std::uint32_t minor);
// Returns the same, and the processes that have it open (as far as this process may see them).
[[nodiscard]] std::vector<Holder> find_holders(std::uint32_t major, std::uint32_t minor);
// Returns the same for a file or block device.  For a loop device, adds what holds its backing file: other held loop
// devices over it, and processes that have it open.
[[nodiscard]] std::vector<Holder> find_holders(const DeviceIdentity& device);
// Returns text like "dm-3 (home), /mnt"; "" if there are no holders.
[[nodiscard]] std::string list_holders(const std::vector<Holder>& holders);

}  // namespace latchkey::io
