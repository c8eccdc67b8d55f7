// SPDX-License-Identifier: LGPL-2.1-or-later
// Drops the rights that a process with a key does not need.
#pragma once

#include "latchkey/error.h"

namespace latchkey::serve {

// Raises limits on files and time as far as possible, because the limits of the session that opened the volume must not
// apply.  A write that a limit still forbids fails, but does not end the process.
void lift_limits();
// Call before the key arrives.  Disables core dumps and debugging by other processes.
void keep_secrets();
// Call when everything is open and mounted, before other threads start.  Drops root and all capabilities for good, and
// allows only the system calls that serving needs.  Any other call fails with EPERM.
[[nodiscard]] Result<void> confine();

}  // namespace latchkey::serve
