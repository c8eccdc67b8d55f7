// SPDX-License-Identifier: LGPL-2.1-or-later
// Exclusive use of files.  For block devices, O_EXCL keeps a process that rewrites the device apart from those that
// have it mounted or mapped; files have no such open.  Here a process that serves or maps a file holds a read lock on a
// byte far behind any file's end, and a process that rewrites the file holds a write lock on it.  The lock belongs to
// the open file and ends with its last descriptor.
#pragma once

#include <string>

#include "io/block_device.h"
#include "latchkey/error.h"

namespace latchkey::io {

enum class Claim : std::uint8_t {
    Use,      // serve or map it alone
    Share,    // serve or map it beside others that share it
    Rewrite,  // replace the volume on it
};

// Takes the lock with `descriptor`, which must be open for writing for Rewrite.  Busy names what is in the way:
// processes with a conflicting lock, and held loop devices over the file.  On file systems without locks the claim
// succeeds.
[[nodiscard]] Result<void> claim(int descriptor, const std::string& name, Claim how);

// Fails with Busy, naming the user, if another process serves the file or has it mapped through a loop device, whatever
// name it was opened by.  For a loop device, checks its backing file and ignores the device itself.  Does not check
// other block devices or exclusive users of the device itself: O_EXCL does that.
[[nodiscard]] Result<void> check_not_in_use(const BlockDevice& device);

}  // namespace latchkey::io
