// SPDX-License-Identifier: LGPL-2.1-or-later
// What a device is, whatever name led to it.  It is decided from what was opened, never from a path: a path may lead
// elsewhere a moment later, and links, bind mounts and other nodes are more paths to the same thing.
#pragma once

#include <cstdint>

#include "latchkey/error.h"

namespace latchkey {

struct DeviceIdentity {
    enum class Kind : std::uint8_t { Unknown, File, Block, Memory };
    Kind kind = Kind::Unknown;
    std::uint64_t device = 0;  // File: the number of its file system; Block: its own
    std::uint64_t inode = 0;   // File: its inode; Memory: where it is
    friend bool operator==(const DeviceIdentity&, const DeviceIdentity&) = default;
    [[nodiscard]] bool known() const { return kind != Kind::Unknown; }
};

// A run of bytes on what is lowest: below loop devices and partitions, the file or disk that they are made of.
struct StorageRange {
    DeviceIdentity on = {};
    std::uint64_t offset = 0;           // bytes
    std::uint64_t length = UINT64_MAX;  // bytes; UINT64_MAX = to the end, wherever that is
    friend bool operator==(const StorageRange&, const StorageRange&) = default;

    // The part of it from `from` on, at most `most` bytes.
    [[nodiscard]] LATCHKEY_API StorageRange part(std::uint64_t from,
                                                 std::uint64_t most = UINT64_MAX) const;
};
// Whether some byte is in both.  Nothing overlaps what is unknown.
[[nodiscard]] LATCHKEY_API bool overlap(const StorageRange& a, const StorageRange& b);

}  // namespace latchkey
