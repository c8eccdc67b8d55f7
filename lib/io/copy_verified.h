// SPDX-License-Identifier: LGPL-2.1-or-later
// Copies that must be good before the original is overwritten.
#pragma once

#include <cstdint>

#include "io/block_device.h"
#include "latchkey/error.h"

namespace latchkey::io {

// Copies `length` bytes within a device, flushes, and compares both places.  They do not overlap.  Io if they differ.
[[nodiscard]] Result<void> copy_verified(BlockDevice& device, std::uint64_t from, std::uint64_t to,
                                         std::uint64_t length);

}  // namespace latchkey::io
