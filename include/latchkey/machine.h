// SPDX-License-Identifier: LGPL-2.1-or-later
// The block devices and open volumes of this machine.  Opens no device and needs no rights.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "latchkey/error.h"
#include "latchkey/identity.h"

namespace latchkey::machine {

struct Disk {
    std::string path = {};     // "/dev/sdb1", "/dev/mapper/home"
    std::string mapping = {};  // the name, if device-mapper made it; "" = something else did
    std::string dm_uuid = {};
    DeviceIdentity identity = {};
    std::uint64_t size_bytes = 0;
    std::string backing_file = {};  // of a loop device
    std::string served =
        {};  // the name of the volume that a process serves for this user, if it shows one
    // False if it lies on a file that a program serves (FUSE) or a network, or on a suspended mapping: a read may wait
    // for ever.
    bool answers = true;
};
// Returns what sysfs lists, without devices of size 0.
[[nodiscard]] LATCHKEY_API std::vector<Disk> disks();

// Returns the names of volumes that are served in userspace for this user, even of those whose process has ended.
[[nodiscard]] LATCHKEY_API std::vector<std::string> served_names();

// Returns where a block device is mounted, and "swap" if it is a swap area.
[[nodiscard]] LATCHKEY_API std::vector<std::string> mounted_at(const DeviceIdentity& device);

// What udev found on a device, for users who may not read it.
struct KnownContent {
    std::string type = {};     // "crypto_LUKS"; "" = udev knows nothing
    std::string version = {};  // "2"
    std::string uuid = {};
    std::string label = {};
};
[[nodiscard]] LATCHKEY_API KnownContent content_by_udev(const DeviceIdentity& device);
// Reads the text of udev's record.
[[nodiscard]] LATCHKEY_API KnownContent content_in(std::string_view record);

// Returns whether a read of the file may wait for ever, by the text of /proc/self/mountinfo: it lies on FUSE or a
// network file system.
[[nodiscard]] LATCHKEY_API bool may_hang(std::string_view mountinfo, std::string_view file);

}  // namespace latchkey::machine
