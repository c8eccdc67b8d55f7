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

// Of a regular file or a block device; unknown for anything else.
[[nodiscard]] DeviceIdentity identity_of(const struct stat& status);
[[nodiscard]] DeviceIdentity block_identity(std::uint32_t major, std::uint32_t minor);
// Of what lies at a path by now; unknown if that cannot be told.
[[nodiscard]] DeviceIdentity identity_at(const std::string& path);

// What a loop device or a partition is made of.
struct Below {
    DeviceIdentity what = {};
    std::uint64_t offset = 0;  // bytes
    std::string path = {};     // by which the kernel knows it
};
// Nothing for a device that is made of no other.
using LookBelow = std::function<std::optional<Below>(const DeviceIdentity&)>;
[[nodiscard]] std::optional<Below> look_below(const DeviceIdentity& device);  // asks the kernel

// All that lie below a device, the next one first.  Ends at what nothing lies below, or after a few: a chain that
// changes while it is followed must not be followed for ever.
[[nodiscard]] std::vector<Below> chain_below(const DeviceIdentity& device, const LookBelow& look);
// Where the bytes of a device of that size lie.
[[nodiscard]] StorageRange lowest_storage(const DeviceIdentity& device, std::uint64_t size,
                                          const LookBelow& look);
[[nodiscard]] StorageRange storage_of(const BlockDevice& device);

// A loop device that is attached.
struct Loop {
    dev_t number = 0;
    std::string path = {};  // "/dev/loop3"
    bool held = false;      // mounted, mapped or otherwise taken for somebody alone
};
// Those that lie right over a file or device.
[[nodiscard]] std::vector<Loop> loops_over(const DeviceIdentity& device);

}  // namespace latchkey::io
