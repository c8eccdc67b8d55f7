// SPDX-License-Identifier: LGPL-2.1-or-later
#include "model/mapping_plan.h"

#include <algorithm>
#include <bit>
#include <cinttypes>

#include "base/i18n.h"
#include "latchkey/sectors.h"

namespace latchkey {

Result<void> MappingPlan::check_keys(const KeyRing& ring) const {
    const bool hollow =
        std::ranges::any_of(below, [](const PlanLayer& layer) { return layer.segments.empty(); });
    if (segments.empty() || hollow) return fail(Errc::InvalidArgument, "the plan has no segments");
    if (ring.size() != keys.size())
        return fail(Errc::InvalidArgument, "%zu keys are given, the plan wants %zu", ring.size(),
                    keys.size());
    for (std::size_t i = 0; i < keys.size(); ++i)
        if (ring[i].size() != keys[i].bytes)
            return fail(Errc::InvalidArgument, "the key has %zu bytes, the plan wants %zu",
                        ring[i].size(), keys[i].bytes);
    return {};
}

bool MappingPlan::begins_beyond(std::uint64_t device_bytes) const {
    return std::ranges::any_of(lowest(), [&](const PlanSegment& segment) {
        return segment.on_device() && segment.device_offset >= device_bytes / kSectorSize;
    });
}

bool MappingPlan::ends_within_sector(std::uint64_t device_bytes) const {
    const std::uint64_t sectors = device_bytes / kSectorSize;
    return std::ranges::any_of(lowest(), [&](const PlanSegment& segment) {
        return !segment.length && segment.on_device() && segment.device_offset < sectors &&
               (sectors - segment.device_offset) % (segment.sector_size / kSectorSize) != 0;
    });
}

Result<void> MappingPlan::check_apart(const StorageRange& data, const std::string& name) const {
    for (const PlanSegment& segment : lowest()) {
        if (!segment.on_device()) continue;
        const auto bytes = [](std::uint64_t sectors) {
            return sectors > UINT64_MAX / kSectorSize ? UINT64_MAX : sectors * kSectorSize;
        };
        const std::uint64_t from = bytes(segment.device_offset);
        const std::uint64_t length = segment.length ? bytes(*segment.length) : UINT64_MAX;
        if (!overlap(header, data.part(from, length))) continue;
        if (from == 0)
            return fail(Errc::InvalidArgument,
                        "data offset 0: %s is a detached header, not the device with the data",
                        name.c_str())
                .with_hint(translate(N_("name the data device, and the header with --header")));
        return fail(Errc::InvalidArgument,
                    "data offset %llu: the data on %s would lie over the header of %llu bytes",
                    static_cast<unsigned long long>(from), name.c_str(),
                    static_cast<unsigned long long>(header.length));
    }
    return {};
}

}  // namespace latchkey

namespace latchkey::model {
namespace {

constexpr std::uint32_t kLargestSector = 4096;  // bytes

bool is_sector_size(std::uint32_t size) {
    return size >= kSectorSize && size <= kLargestSector && std::has_single_bit(size);
}

}  // namespace

Result<std::uint64_t> length_of(const PlanSegment& segment, std::size_t keys,
                                const std::string& device, std::uint64_t device_sectors,
                                Tail tail) {
    if (!is_sector_size(segment.sector_size))
        return fail(Errc::InvalidArgument, "sector size %u is not 512, 1024, 2048 or 4096",
                    segment.sector_size);
    if (segment.encrypted() && segment.key >= keys)
        return fail(Errc::InvalidArgument, "segment at sector %" PRIu64 ": the plan has no key %zu",
                    segment.start, segment.key);
    if (!segment.on_device()) {
        if (segment.length.value_or(0) != 0) return *segment.length;
        return fail(Errc::InvalidArgument, "segment of zeros at sector %" PRIu64 " has no length",
                    segment.start);
    }
    if (device_sectors == 0)
        return fail(Errc::DeviceTooSmall, "device %s has zero size", device.c_str());
    if (segment.device_offset >= device_sectors)
        return fail(Errc::DeviceTooSmall,
                    "device %s has %" PRIu64 " sectors, its data begin at sector %" PRIu64
                    ": no space is left for data",
                    device.c_str(), device_sectors, segment.device_offset);
    const std::uint64_t left = device_sectors - segment.device_offset;
    const std::uint64_t unit = segment.sector_size / kSectorSize;
    // Only a segment without a stated length ends wherever the device ends.
    const std::uint64_t rest = tail == Tail::LeftOut ? left / unit * unit : left;
    const std::uint64_t length = segment.length.value_or(rest);
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

MappingPlan plan_of(const MappingInfo& info) {
    return {.type = info.type,
            .uuid = info.uuid,
            .segments = {{.length = info.size_sectors,
                          .cipher = info.cipher,
                          .iv_offset = info.iv_offset_sectors,
                          .device_offset = info.offset_sectors,
                          .sector_size = info.sector_size,
                          .iv_large_sectors = info.iv_large_sectors}},
            .keys = {{.bytes = info.key_bits / 8}}};
}

}  // namespace latchkey::model
