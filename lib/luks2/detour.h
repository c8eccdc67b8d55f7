// SPDX-License-Identifier: LGPL-2.1-or-later
// Conversion moves keyslot areas by less than their length, and header copies overwrite the first area.  A crash must
// never leave a header whose areas are gone.  Each area therefore takes a detour first: a copy at a place that
// neither layout uses.  The LUKS1 header refers to it while everything else is overwritten.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "luks1/header.h"

namespace latchkey::luks2 {

// LUKS1 areas begin this many bytes before their LUKS2 counterparts: two headers of 16 KiB replace one of 4 KiB.
inline constexpr std::uint64_t kConversionShift = 28672;
inline constexpr std::uint64_t kConvertedHeaderSize = 0x4000;  // bytes of one LUKS2 copy

struct Detour {
    int keyslot = 0;
    std::uint64_t place = 0;  // bytes, on the device
    std::optional<int> changes_with =
        {};  // the disabled keyslot whose LUKS1 area this is; it gets our area
};

struct DetourRequest {
    luks1::Header header;         // LUKS1's layout, before or after the conversion
    std::uint64_t area_size = 0;  // bytes of one area, in whole 4 KiB
    std::uint64_t low_end = 0;    // bytes at the start of the device that headers need
    std::uint64_t high_end = 0;   // end of the space for areas
};

// Plans a detour for each enabled keyslot.  Pure.  Keyslots without a suitable place are missing from the result: a
// crash loses them, but not the others.  Places lie outside [0, low_end) and outside every enabled keyslot's area in
// either layout.  A header in which any of its sectors refer to the detours is a valid LUKS1 header.
[[nodiscard]] std::vector<Detour> plan_detours(const DetourRequest& request);

// Returns the header that refers to the detours.
[[nodiscard]] luks1::Header with_detours(luks1::Header header, const std::vector<Detour>& detours);

}  // namespace latchkey::luks2
