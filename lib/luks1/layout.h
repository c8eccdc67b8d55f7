// SPDX-License-Identifier: LGPL-2.1-or-later
// Computes where a new header puts its keyslot areas and the data.  Readers never recompute this: old programs used
// other layouts, and the header gives the places.
#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "crypto/af_splitter.h"
#include "io/block_device.h"
#include "latchkey/error.h"
#include "luks1/header_disk.h"

namespace latchkey::luks1 {

inline constexpr std::uint32_t kFirstAreaSector = 8;  // 4 KiB, the alignment of the areas

// Returns the 512-byte sectors that the split key takes.
[[nodiscard]] std::uint64_t area_sectors(std::uint32_t key_bytes,
                                         std::uint32_t stripes = crypto::kAfStripes);

struct AreaLayout {
    std::array<std::uint32_t, kKeyslotCount> offsets_sectors = {};
    std::uint32_t header_sectors = 0;  // header and areas, a multiple of 4 KiB
    std::uint64_t end_sectors = 0;     // behind the last area: the minimum size of the device
};
[[nodiscard]] AreaLayout standard_areas(std::uint32_t key_bytes);

struct PayloadRequest {
    std::uint32_t header_sectors = 0;
    std::optional<std::uint64_t> offset_sectors = {};  // --offset; 0 = automatic, too
    std::uint64_t alignment_sectors = 0;               // --align-payload; 0 = by topology
    bool detached = false;
    io::Topology topology = {};
};
// Returns where the data begin, in sectors.  InvalidArgument names the conflicting values.
[[nodiscard]] Result<std::uint32_t> payload_offset(const PayloadRequest& request);

}  // namespace latchkey::luks1
