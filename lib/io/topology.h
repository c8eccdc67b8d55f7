// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <sys/stat.h>

#include "io/block_device.h"

namespace latchkey::io {

// What the kernel tells of an open file or block device; defaults where it tells nothing useful.
[[nodiscard]] Topology read_topology(int fd, const struct stat& status);

}  // namespace latchkey::io
