// SPDX-License-Identifier: LGPL-2.1-or-later
#include <algorithm>
#include <cinttypes>

#include "base/bytes.h"
#include "luks2/validate.h"

namespace latchkey::luks2 {

Result<void> check_areas(const std::vector<Keyslot>& keyslots, const Config& config,
                         std::uint64_t header_size) {
    const std::uint64_t begin = 2 * header_size;
    const std::uint64_t limit = begin + config.keyslots_size;  // at most 136 MiB
    std::vector<const Keyslot*> by_offset;
    for (const Keyslot& slot : keyslots) {
        const Area& area = slot.area;
        if (area.offset < begin)
            return fail(Errc::CorruptHeader,
                        "keyslots.%d.area.offset: %" PRIu64 " < %" PRIu64 " (end of the headers)",
                        slot.number, area.offset, begin);
        if (area.size == 0)
            return fail(Errc::CorruptHeader, "keyslots.%d.area.size: 0", slot.number);
        const auto end = checked_add(area.offset, area.size);
        if (!end)
            return fail(Errc::CorruptHeader,
                        "keyslots.%d.area: offset %" PRIu64 " + size %" PRIu64 " overflows",
                        slot.number, area.offset, area.size);
        if (*end > limit)
            return fail(Errc::CorruptHeader,
                        "keyslots.%d.area: end %" PRIu64 " > %" PRIu64
                        " (end of the keyslots area)",
                        slot.number, *end, limit);
        by_offset.push_back(&slot);
    }
    std::ranges::sort(by_offset, {}, [](const Keyslot* slot) { return slot->area.offset; });
    for (std::size_t i = 1; i < by_offset.size(); ++i) {
        const Keyslot& low = *by_offset[i - 1];
        const Keyslot& high = *by_offset[i];
        if (low.area.offset + low.area.size > high.area.offset)
            return fail(Errc::CorruptHeader,
                        "keyslots.%d.area: end %" PRIu64 " > %" PRIu64 " (keyslots.%d.area.offset)",
                        low.number, low.area.offset + low.area.size, high.area.offset, high.number);
    }
    return {};
}

}  // namespace latchkey::luks2
