// SPDX-License-Identifier: LGPL-2.1-or-later
#include "luks2/area_layout.h"

#include <algorithm>
#include <cinttypes>
#include <vector>

#include "base/bytes.h"

namespace latchkey::luks2 {
namespace {

template <typename T>
Result<int> free_number(const std::vector<T>& objects, int limit, const char* kind) {
    for (int number = 0; number < limit; ++number)
        if (std::ranges::find(objects, number, &T::number) == objects.end()) return number;
    return fail(Errc::NoSpace, "all %d %s are in use", limit, kind);
}

// Returns the holes of the keyslots area, sorted by offset.  A hole begins at a page boundary, even if other
// programs' areas end elsewhere: not every program can read areas that begin within a sector.
std::vector<Extent> gaps(const Metadata& metadata) {
    std::vector<Extent> areas;
    for (const Keyslot& slot : metadata.keyslots())
        areas.push_back({slot.area.offset, slot.area.size});
    std::ranges::sort(areas, {}, &Extent::offset);
    areas.push_back({metadata.header_area_bytes(), 0});

    std::vector<Extent> result;
    std::uint64_t end = 2 * metadata.binary.header_size;
    for (const Extent& area : areas) {  // inside the keyslots area, without overlap: rule A2
        if (area.offset > end) result.push_back({end, area.offset - end});
        end = round_up(area.offset + area.size, kAreaAlignment);
    }
    return result;
}

}  // namespace

std::uint64_t area_size_for_key(std::uint32_t key_bytes) {
    return round_up(std::uint64_t{key_bytes} * kAfStripes, kAreaAlignment);
}

Result<int> free_keyslot_number(const Metadata& metadata) {
    return free_number(metadata.keyslots(), kMaxKeyslots, "keyslots");
}
Result<int> free_token_number(const Metadata& metadata) {
    return free_number(metadata.tokens(), kMaxTokens, "tokens");
}
Result<int> free_digest_number(const Metadata& metadata) {
    return free_number(metadata.digests(), kMaxDigests, "digests");
}

Result<Extent> first_gap(const Metadata& metadata, std::uint64_t size) {
    for (const Extent& gap : gaps(metadata))
        if (gap.size >= size) return Extent{gap.offset, size};
    return fail(Errc::NoSpace, "no room for %" PRIu64 " bytes in the keyslots area of %" PRIu64,
                size, metadata.config().keyslots_size);
}

Result<Extent> largest_gap(const Metadata& metadata) {
    const std::vector<Extent> all = gaps(metadata);
    const auto largest = std::ranges::max_element(all, {}, &Extent::size);
    if (largest == all.end())
        return fail(Errc::NoSpace, "no room in the keyslots area of %" PRIu64 " bytes",
                    metadata.config().keyslots_size);
    return *largest;
}

}  // namespace latchkey::luks2
