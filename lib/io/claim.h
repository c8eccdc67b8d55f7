// SPDX-License-Identifier: LGPL-2.1-or-later
// Files have no exclusive open, which keeps those who rewrite a block device and those who have it mounted or mapped
// apart.  Here they have: who serves or maps a file holds a read lock on a byte that no file has, and who rewrites it a
// write lock.  The lock belongs to the open file and goes with its last descriptor.
#pragma once

#include <string>

#include "io/block_device.h"
#include "latchkey/error.h"

namespace latchkey::io {

enum class Claim : std::uint8_t {
    Use,      // serve or map it, alone
    Share,    // the same beside others who do
    Rewrite,  // make another volume of it
};

// Takes the lock by `descriptor`, which is open for writing if it is to be rewritten.  Busy names who is in the way:
// others with such a lock, and loop devices over it that are held.  File systems without locks are taken as they are.
[[nodiscard]] Result<void> claim(int descriptor, const std::string& name, Claim how);

// That nobody serves the file or has it mapped through a loop device, whatever name he opened it by; Busy says who does.
// Of a loop device: the same of its file, itself apart.  Block devices that are no loop devices, and the device's own
// exclusive users, are not asked about: that is O_EXCL's matter.
[[nodiscard]] Result<void> check_not_in_use(const BlockDevice& device);

}  // namespace latchkey::io
