// SPDX-License-Identifier: LGPL-2.1-or-later
#include "latchkey/mapping_plan.h"

#include <algorithm>

#include "latchkey/sectors.h"

namespace latchkey {

bool MappingPlan::begins_beyond(std::uint64_t device_bytes) const {
    return std::ranges::any_of(segments, [&](const CryptSegment& segment) {
        return segment.device_offset >= device_bytes / kSectorSize;
    });
}

bool MappingPlan::ends_within_sector(std::uint64_t device_bytes) const {
    const std::uint64_t sectors = device_bytes / kSectorSize;
    return std::ranges::any_of(segments, [&](const CryptSegment& segment) {
        return !segment.length && segment.device_offset < sectors &&
               (sectors - segment.device_offset) % (segment.sector_size / kSectorSize) != 0;
    });
}

}  // namespace latchkey
