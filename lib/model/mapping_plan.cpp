// SPDX-License-Identifier: LGPL-2.1-or-later
#include "model/mapping_plan.h"

#include <algorithm>

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
