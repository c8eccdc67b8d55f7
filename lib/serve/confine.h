// SPDX-License-Identifier: LGPL-2.1-or-later
// Drops the rights that a process with a key does not need.
#pragma once

#include "latchkey/error.h"

namespace latchkey::serve {

// What the session that opened the volume may use of files and time is not its own: no limit of theirs, or the highest
// that may be had.  A write that a limit still forbids fails, and does not end the process.
void lift_limits();
// Call before the key arrives.  Disables core dumps and debugging by other processes.
void keep_secrets();
// Call when everything is open and mounted, before other threads start.  Drops root and all capabilities for good, and
// allows only the system calls that serving needs.  Any other call fails with EPERM.
[[nodiscard]] Result<void> confine();

}  // namespace latchkey::serve
