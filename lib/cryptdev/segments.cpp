// SPDX-License-Identifier: LGPL-2.1-or-later
#include "cryptdev/segments.h"

#include <cinttypes>

#include "base/bytes.h"
#include "latchkey/sectors.h"

namespace latchkey::cryptdev {

Result<std::vector<PlacedSegment>> place_segments(const std::vector<PlanSegment>& segments,
                                                  std::size_t keys,
                                                  std::optional<std::uint64_t> size_sectors,
                                                  const std::string& device,
                                                  std::uint64_t device_bytes, Tail tail) {
    if (segments.empty()) return fail(Errc::InvalidArgument, "a plan without segments");
    if (size_sectors.value_or(0) != 0 && segments.size() != 1)
        return fail(Errc::InvalidArgument, "a plan of %zu segments cannot be cut to a size",
                    segments.size());
    std::vector<PlacedSegment> placed;
    std::uint64_t end = 0;  // 512-byte sectors
    for (const PlanSegment& segment : segments) {
        if (segment.start != end)
            return fail(Errc::InvalidArgument,
                        "segment begins at sector %" PRIu64 ", the one before ends at %" PRIu64,
                        segment.start, end);
        PlanSegment cut = segment;
        if (size_sectors.value_or(0) != 0) cut.length = size_sectors;
        LK_ASSIGN(const std::uint64_t length,
                  model::length_of(cut, keys, device, device_bytes / kSectorSize, tail));
        // Both sums stay below the device's size times the number of segments.
        const auto next = checked_add(end, length);
        if (!next || *next > UINT64_MAX / kSectorSize)
            return fail(Errc::InvalidArgument, "segments end behind sector %" PRIu64, end);
        placed.push_back({.start = end * kSectorSize,
                          .length = length * kSectorSize,
                          .device_offset = segment.device_offset * kSectorSize,
                          .first_iv = segment.iv_offset,
                          .kind = segment.kind,
                          .cipher = segment.encrypted() ? segment.cipher : std::string(),
                          .key = segment.key,
                          .sector_size = segment.sector_size,
                          .iv_large_sectors = segment.iv_large_sectors});
        end = *next;
    }
    return placed;
}

}  // namespace latchkey::cryptdev
