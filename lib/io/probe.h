// SPDX-License-Identifier: LGPL-2.1-or-later
// Signatures that libblkid finds on a device.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "io/block_device.h"
#include "latchkey/device.h"

namespace latchkey::io {

struct FoundSignature {
    Signature signature;
    ByteRange magic;  // the bytes that identify it; overwriting them removes the signature
};

// How the first sector begins where an encryption of the data was begun and cut short (volume/cut_start.h).
inline constexpr std::string_view kBegunEncryption = "latchkey: an encryption begins\n";

// Returns all signatures in libblkid's order, including backup copies and those hidden behind others.  Empty for
// devices in memory, which libblkid cannot read; for an overlay, returns the signatures of the device below.
[[nodiscard]] Result<std::vector<FoundSignature>> find_signatures(const BlockDevice& device);

// Returns the same for an open file or block device; `name` is for messages.
[[nodiscard]] Result<std::vector<FoundSignature>> find_signatures(int fd, const std::string& name);

// How much of both ends of a device libblkid is given if it cannot read the device itself.
struct ProbeExtent {
    std::uint64_t head = 8 * 1024 * 1024;  // bytes; LUKS2's second header may begin at 4 MiB
    std::uint64_t tail = 2 * 1024 * 1024;  // bytes
};
// Works for any device: copies `extent` into memory and probes the copy.  Costs reading it.
[[nodiscard]] Result<std::vector<FoundSignature>> find_signatures_in_copy(
    const BlockDevice& device, const ProbeExtent& extent = {});

// Overwrites the magic of every signature with zeros and flushes.
[[nodiscard]] Result<void> wipe_signatures(BlockDevice& device);

// Does the same for signatures found before, from byte `from` on; signatures before it are left alone.
[[nodiscard]] Result<void> wipe_signatures(BlockDevice& device,
                                           const std::vector<FoundSignature>& found,
                                           std::uint64_t from);

}  // namespace latchkey::io
