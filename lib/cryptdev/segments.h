// SPDX-License-Identifier: LGPL-2.1-or-later
// Places a plan on a device of known size: computes where each run of plaintext lies, in bytes.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "latchkey/error.h"
#include "model/mapping_plan.h"

namespace latchkey::cryptdev {

struct PlacedSegment {
    std::uint64_t start = 0;          // bytes, in the plaintext
    std::uint64_t length = 0;         // bytes, a multiple of sector_size
    std::uint64_t device_offset = 0;  // bytes, on the device below
    std::uint64_t first_iv = 0;       // sector number of the first byte, 512-byte sectors
    SegmentKind kind = SegmentKind::Crypt;
    std::string cipher = {};          // "" = not encrypted
    std::size_t key = 0;              // index among the plan's keys
    std::uint32_t sector_size = 512;  // bytes
    bool iv_large_sectors = false;
};

using model::Tail;

// Returns the segments of a layer in order, without gaps; they name one of `keys` keys.  `size_sectors` cuts a plan of one
// segment.  Errors: those of model::length_of(), and InvalidArgument if segments leave gaps or overlap.
[[nodiscard]] Result<std::vector<PlacedSegment>> place_segments(
    const std::vector<PlanSegment>& segments, std::size_t keys,
    std::optional<std::uint64_t> size_sectors, const std::string& device,
    std::uint64_t device_bytes, Tail tail = Tail::Refused);

}  // namespace latchkey::cryptdev
