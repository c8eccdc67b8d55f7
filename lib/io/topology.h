// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <sys/stat.h>

#include "io/block_device.h"

namespace latchkey::io {

// Reads what the kernel reports about an open file or block device; uses defaults where it reports nothing useful.
[[nodiscard]] Topology read_topology(int fd, const struct stat& status);

}  // namespace latchkey::io
