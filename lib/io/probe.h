// SPDX-License-Identifier: LGPL-2.1-or-later
// What libblkid sees on a device.
#pragma once

#include <string>
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

// The same of an open file or block device; `name` for messages.
[[nodiscard]] Result<std::vector<FoundSignature>> find_signatures(int fd, const std::string& name);

// How much of a device libblkid is shown where it cannot read by itself, from both ends.
struct ProbeExtent {
    std::uint64_t head = 8 * 1024 * 1024;  // bytes; LUKS2's second header may begin at 4 MiB
    std::uint64_t tail = 2 * 1024 * 1024;  // bytes
};
// Of any device, by a copy in memory of what is in `extent`.  Costs reading it.
[[nodiscard]] Result<std::vector<FoundSignature>> find_signatures_in_copy(
    const BlockDevice& device, const ProbeExtent& extent = {});

// Overwrites the magic of every signature with zeros and flushes.
[[nodiscard]] Result<void> wipe_signatures(BlockDevice& device);

// The same of those that were found before, from byte `from` on; what lies before it is left alone.
[[nodiscard]] Result<void> wipe_signatures(BlockDevice& device,
                                           const std::vector<FoundSignature>& found,
                                           std::uint64_t from);

}  // namespace latchkey::io
