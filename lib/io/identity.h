// SPDX-License-Identifier: LGPL-2.1-or-later
// The identity of open devices, and what lies below them (latchkey/identity.h).
#pragma once

#include <sys/stat.h>

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "io/block_device.h"
#include "latchkey/identity.h"

namespace latchkey::io {

// Returns the identity of a regular file or a block device; unknown for anything else.
[[nodiscard]] DeviceIdentity identity_of(const struct stat& status);
[[nodiscard]] DeviceIdentity block_identity(std::uint32_t major, std::uint32_t minor);
// Returns the identity of what is at a path now; unknown if it cannot be determined.
[[nodiscard]] DeviceIdentity identity_at(const std::string& path);

// What a loop device or a partition lies on.
struct Below {
    DeviceIdentity what = {};
    std::uint64_t offset = 0;  // bytes
    std::string path = {};     // the kernel's name for it
};
// Returns nothing for a device that lies on no other device.
using LookBelow = std::function<std::optional<Below>(const DeviceIdentity&)>;
[[nodiscard]] std::optional<Below> look_below(const DeviceIdentity& device);  // asks the kernel

// Returns everything that lies below a device, the nearest first.  Follows only a few steps, because a chain that
// changes meanwhile might never end.
[[nodiscard]] std::vector<Below> chain_below(const DeviceIdentity& device, const LookBelow& look);
// Returns where the bytes of a device of that size are stored.
[[nodiscard]] StorageRange lowest_storage(const DeviceIdentity& device, std::uint64_t size,
                                          const LookBelow& look);
[[nodiscard]] StorageRange storage_of(const BlockDevice& device);

// A loop device that is attached.
struct Loop {
    dev_t number = 0;
    std::string path = {};  // "/dev/loop3"
    bool held = false;      // mounted, mapped or otherwise in exclusive use
};
// Returns the loop devices directly over a file or device.
[[nodiscard]] std::vector<Loop> loops_over(const DeviceIdentity& device);

}  // namespace latchkey::io
