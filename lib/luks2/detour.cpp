// SPDX-License-Identifier: LGPL-2.1-or-later
#include "luks2/detour.h"

#include <algorithm>
#include <utility>

#include "base/bytes.h"
#include "io/block_device.h"
#include "luks2/area_layout.h"

namespace latchkey::luks2 {
namespace {

constexpr int kSlotsInFirstSector =
    6;  // the offset fields of keyslots 6 and 7 lie in the second sector

bool overlap(const Extent& a, const Extent& b) {
    return a.offset < b.offset + b.size && b.offset < a.offset + a.size;
}

bool free_of(const Extent& place, const std::vector<Extent>& taken) {
    return std::none_of(taken.begin(), taken.end(),
                        [&](const Extent& other) { return overlap(place, other); });
}

std::uint64_t luks1_offset(const luks1::Header& header, int keyslot) {
    return std::uint64_t{header.keyslot(keyslot).area_offset_sectors} * io::kSectorSize;
}

// Returns the lowest place, aligned to 4 KiB, that overlaps nothing in use.
std::optional<std::uint64_t> find_hole(const DetourRequest& request,
                                       const std::vector<Extent>& taken) {
    std::vector<std::uint64_t> candidates = {request.low_end};
    for (const Extent& extent : taken)
        candidates.push_back(round_up(extent.offset + extent.size, kAreaAlignment));
    std::sort(candidates.begin(), candidates.end());
    for (const std::uint64_t candidate : candidates) {
        const Extent place{candidate, request.area_size};
        if (candidate >= request.low_end && candidate + request.area_size <= request.high_end &&
            free_of(place, taken))
            return candidate;
    }
    return std::nullopt;
}

}  // namespace

std::vector<Detour> plan_detours(const DetourRequest& request) {
    const luks1::Header& header = request.header;
    std::vector<Extent> in_use;  // by an enabled keyslot in either layout, or by a detour
    std::vector<Extent>
        listed;  // by the LUKS1 header, which requires separate areas for disabled keyslots too
    for (int i = 0; i < luks1::kKeyslotCount; ++i) {
        const Extent area{luks1_offset(header, i), request.area_size};
        listed.push_back(area);
        if (!header.keyslot(i).enabled()) continue;
        in_use.push_back(area);
        in_use.push_back({area.offset + kConversionShift, area.size});
    }
    std::vector<Detour> detours;
    std::array<bool, luks1::kKeyslotCount> taken{};

    const auto change_partner = [&](int keyslot) -> std::optional<int> {
        for (int i = 0; i < luks1::kKeyslotCount; ++i) {
            const Extent area{luks1_offset(header, i), request.area_size};
            // One write of one sector must change both offsets.
            const bool same_sector = (i < kSlotsInFirstSector) == (keyslot < kSlotsInFirstSector);
            if (header.keyslot(i).disabled() && !taken[static_cast<std::size_t>(i)] &&
                same_sector && area.offset >= request.low_end &&
                area.offset + area.size <= request.high_end && free_of(area, in_use))
                return i;
        }
        return std::nullopt;
    };
    for (int i = 0; i < luks1::kKeyslotCount; ++i) {
        if (!header.keyslot(i).enabled()) continue;
        std::vector<Extent> all = in_use;
        all.insert(all.end(), listed.begin(), listed.end());
        std::optional<std::uint64_t> place = find_hole(request, all);
        std::optional<int> partner;
        if (!place && (partner = change_partner(i))) {
            place = luks1_offset(header, *partner);
            taken[static_cast<std::size_t>(*partner)] = true;
        }
        if (!place) continue;
        detours.push_back({i, *place, partner});
        in_use.push_back({*place, request.area_size});
    }
    return detours;
}

luks1::Header with_detours(luks1::Header header, const std::vector<Detour>& detours) {
    for (const Detour& detour : detours) {
        if (detour.changes_with)
            header.keyslot(*detour.changes_with).area_offset_sectors =
                header.keyslot(detour.keyslot).area_offset_sectors;
        header.keyslot(detour.keyslot).area_offset_sectors =
            static_cast<std::uint32_t>(detour.place / io::kSectorSize);
    }
    return header;
}

}  // namespace latchkey::luks2
