// SPDX-License-Identifier: LGPL-2.1-or-later
#include "cryptdev/segments.h"

#include <cinttypes>

#include "base/bytes.h"
#include "latchkey/sectors.h"

namespace latchkey::cryptdev {
namespace {

Result<void> check_sector_size(std::uint32_t size) {
    if (size < kSectorSize || size > 4096 || (size & (size - 1)) != 0)
        return fail(Errc::InvalidArgument, "sector size %u is not 512, 1024, 2048 or 4096", size);
    return {};
}

// Returns the length in 512-byte sectors.
Result<std::uint64_t> length_of(const model::PlanSegment& segment,
                                std::optional<std::uint64_t> wanted, const std::string& device,
                                std::uint64_t device_sectors, Tail tail) {
    if (!segment.on_device()) {
        if (segment.length.value_or(0) != 0) return *segment.length;
        return fail(Errc::InvalidArgument, "segment of zeros at sector %" PRIu64 " has no length",
                    segment.start);
    }
    if (segment.device_offset >= device_sectors)
        return fail(Errc::DeviceTooSmall,
                    "device %s has %" PRIu64 " sectors, its data begin at sector %" PRIu64
                    ": no space is left for data",
                    device.c_str(), device_sectors, segment.device_offset);
    const std::uint64_t left = device_sectors - segment.device_offset;
    const std::uint64_t unit = segment.sector_size / kSectorSize;
    // Only a segment without a stated length ends wherever the device ends.
    const std::uint64_t rest = tail == Tail::LeftOut ? left / unit * unit : left;
    const std::uint64_t length = wanted.value_or(0) != 0 ? *wanted : segment.length.value_or(rest);
    if (length > left)
        return fail(Errc::DeviceTooSmall,
                    "device %s has %" PRIu64 " sectors behind sector %" PRIu64 ", needs %" PRIu64,
                    device.c_str(), left, segment.device_offset, length);
    if (length == 0 || length % unit != 0)
        return fail(Errc::InvalidArgument,
                    "data of %" PRIu64 " sectors are not a multiple of the sector size %u bytes",
                    length, segment.sector_size);
    // dm-crypt requires this, too; with IVs that count large sectors the remainder would be lost.
    if (segment.iv_offset % unit != 0)
        return fail(Errc::InvalidArgument,
                    "IV offset of %" PRIu64
                    " sectors is not a multiple of the sector size %u bytes",
                    segment.iv_offset, segment.sector_size);
    return length;
}

}  // namespace

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
        LK_TRY(check_sector_size(segment.sector_size));
        if (segment.encrypted() && segment.key >= keys)
            return fail(Errc::InvalidArgument,
                        "segment at sector %" PRIu64 ": the plan has no key %zu", segment.start,
                        segment.key);
        if (segment.start != end)
            return fail(Errc::InvalidArgument,
                        "segment begins at sector %" PRIu64 ", the one before ends at %" PRIu64,
                        segment.start, end);
        LK_ASSIGN(const std::uint64_t length,
                  length_of(segment, size_sectors, device, device_bytes / kSectorSize, tail));
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
