// SPDX-License-Identifier: LGPL-2.1-or-later
// A process that holds a key gives up what it does not need.
#pragma once

#include "latchkey/error.h"

namespace latchkey::serve {

// What the session that opened the volume may use of files and time is not its own: no limit of theirs, or the highest
// that may be had.  A write that a limit still forbids fails, and does not end the process.
void lift_limits();
// Before the key comes: no core dumps, no debugger of another process.
void keep_secrets();
// When everything is open and mounted, before there are other threads: no root, no capabilities, no way to get them back, and only the system
// calls that serving takes.  A call that is not among them answers EPERM.
[[nodiscard]] Result<void> confine();

}  // namespace latchkey::serve
