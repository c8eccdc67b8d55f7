// SPDX-License-Identifier: LGPL-2.1-or-later
// Plans the sizes of the parts of a new LUKS2 header and the start of its data (docs/formats/luks2.md section 7).
#pragma once

#include <cstdint>
#include <optional>

#include "io/block_device.h"
#include "latchkey/error.h"
#include "luks2/header_disk.h"

namespace latchkey::luks2 {

inline constexpr std::uint64_t kDefaultHeaderSize = 0x4000;    // bytes of one copy
inline constexpr std::uint64_t kDefaultTotalSize = 0x1000000;  // bytes of copies and keyslots area
// Warn the user below this size: few keyslots fit.
inline constexpr std::uint64_t kSmallKeyslotsSize = 0x3f8000;  // bytes

struct SizeRequest {
    std::uint64_t header_size = 0;                  // bytes; 0 = the default
    std::uint64_t keyslots_size = 0;                // bytes; 0 = chosen
    std::optional<std::uint64_t> data_offset = {};  // bytes; nothing = chosen
    std::uint64_t alignment = 0;  // bytes, of the data; for a detached header: the data offset
    std::uint64_t alignment_offset = 0;  // bytes
    bool detached = false;
    std::uint64_t device_size = 0;  // bytes, of the metadata device
    bool device_grows = false;
};

struct SizePlan {
    std::uint64_t header_size = 0;    // bytes of one copy
    std::uint64_t keyslots_size = 0;  // bytes; may be 0, which leaves no room for keyslots
    std::uint64_t data_offset = 0;    // bytes on the data device; 0 = detached

    [[nodiscard]] std::uint64_t header_area() const { return 2 * header_size + keyslots_size; }
};

// Plans the sizes.  Pure.  InvalidArgument for sizes that the format does not allow; DeviceTooSmall.
[[nodiscard]] Result<SizePlan> plan_sizes(const SizeRequest& request);

// Returns the encryption sector for the data device: the one that it reports, unless the data area is not a multiple
// of it.
[[nodiscard]] std::uint32_t choose_sector_size(const io::Topology& topology,
                                               std::uint64_t data_device_size,
                                               std::uint64_t data_offset);

// Returns whether the peer would choose 4096-byte sectors for this request on a device that prefers them.  A
// requested offset must be a multiple of 2 MiB, an alignment a multiple of 4096.
[[nodiscard]] bool suits_large_sectors(const SizeRequest& request);

// Returns where data should begin on such a device: at 1 MiB, or at the device's preferred size if that does not
// divide 1 MiB.
[[nodiscard]] std::uint64_t data_alignment(const io::Topology& topology);

}  // namespace latchkey::luks2
