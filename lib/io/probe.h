// SPDX-License-Identifier: LGPL-2.1-or-later
// What libblkid sees on a device.
#pragma once

#include <vector>

#include "io/block_device.h"
#include "latchkey/device.h"

namespace latchkey::io {

struct FoundSignature {
    Signature signature;
    ByteRange magic;  // what makes it recognizable; without these bytes it is gone
};

// All signatures, also those that hide behind others and backup copies, in libblkid's order.  Empty for
// devices in memory, which libblkid cannot read; an overlay answers what is on the device below.
[[nodiscard]] Result<std::vector<FoundSignature>> find_signatures(const BlockDevice& device);

// Overwrites the magic of every signature with zeros and flushes.
[[nodiscard]] Result<void> wipe_signatures(BlockDevice& device);

}  // namespace latchkey::io
