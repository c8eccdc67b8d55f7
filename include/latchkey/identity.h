// SPDX-License-Identifier: LGPL-2.1-or-later
// The identity of a device, independent of its name.  It is taken from the opened device and never from a path: a
// path may lead elsewhere a moment later, and links, bind mounts and other nodes are further paths to the same
// device.
#pragma once

#include <cstdint>

#include "latchkey/error.h"

namespace latchkey {

struct DeviceIdentity {
    enum class Kind : std::uint8_t { Unknown, File, Block, Memory };
    Kind kind = Kind::Unknown;
    std::uint64_t device = 0;  // File: the number of its file system; Block: the device's number
    std::uint64_t inode = 0;   // File: its inode; Memory: its address
    friend bool operator==(const DeviceIdentity&, const DeviceIdentity&) = default;
    [[nodiscard]] bool known() const { return kind != Kind::Unknown; }
};

// A range of bytes on the lowest storage: the file or disk below loop devices and partitions.
struct StorageRange {
    DeviceIdentity on = {};
    std::uint64_t offset = 0;           // bytes
    std::uint64_t length = UINT64_MAX;  // bytes; UINT64_MAX = to the end, at an unknown place
    friend bool operator==(const StorageRange&, const StorageRange&) = default;

    // Returns the part that starts at `from`, at most `most` bytes long.
    [[nodiscard]] LATCHKEY_API StorageRange part(std::uint64_t from,
                                                 std::uint64_t most = UINT64_MAX) const;
};
// Returns whether both ranges share a byte.  An unknown range overlaps nothing.
[[nodiscard]] LATCHKEY_API bool overlap(const StorageRange& a, const StorageRange& b);

}  // namespace latchkey
