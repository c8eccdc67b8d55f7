// SPDX-License-Identifier: LGPL-2.1-or-later
// The combinations that `legacy --probe` tries for a volume of unknown origin.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "latchkey/plain.h"

namespace latchkey::legacy {

struct Candidate {
    plain::Params params;    // without offset and skip
    std::string known_from;  // the tools that use it by default, or ""
};
// Returns the combinations, the known defaults first.
[[nodiscard]] std::vector<Candidate> candidates();

// Where data begin, and where their IVs begin, in 512-byte sectors.
struct Place {
    std::uint64_t offset_sectors;
    std::uint64_t skip_sectors;
};
// Returns the whole device, then the partitions of a disk image.
[[nodiscard]] std::vector<Place> places(std::uint64_t device_sectors,
                                        std::optional<std::uint64_t> offset_sectors);

}  // namespace latchkey::legacy
