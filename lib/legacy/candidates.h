// SPDX-License-Identifier: LGPL-2.1-or-later
// What volumes of unknown origin may be: the one list that `legacy --probe` goes through.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "latchkey/plain.h"

namespace latchkey::legacy {

struct Candidate {
    plain::Params params;    // without place
    std::string known_from;  // tools whose default it is, or ""
};
// The known defaults first.
[[nodiscard]] std::vector<Candidate> candidates();

// Where data begin, and where their IVs: 512-byte sectors.
struct Place {
    std::uint64_t offset_sectors;
    std::uint64_t skip_sectors;
};
// The whole device, then partitions of a disk's image.
[[nodiscard]] std::vector<Place> places(std::uint64_t device_sectors,
                                        std::optional<std::uint64_t> offset_sectors);

}  // namespace latchkey::legacy
