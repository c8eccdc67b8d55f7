// SPDX-License-Identifier: LGPL-2.1-or-later
// Decides the order in which a restored header area is written, so that a crash costs least.
#pragma once

#include <cstdint>
#include <vector>

#include "latchkey/device.h"
#include "latchkey/keyslot_info.h"

namespace latchkey::volume {

// The ranges that a header uses.
struct Claims {
    std::vector<ByteRange> copies;  // of the header itself, in the order of writing
    std::vector<ByteRange> areas;   // of active keyslots
};

// Ranges written before one flush, disjoint and sorted by offset.
using WriteStage = std::vector<ByteRange>;

// Returns the stages of writing [0, length) over a device that `old_claims` describe (empty: nothing to preserve):
//   1. what the old header does not use: it still opens with all its keyslots;
//   2. the first `early` copies of the new header, one stage each.  They are not in force yet, because the old header
//      wins by its sequence id (copy_order.h);
//   3. areas that both use: a keyslot whose area differs belongs to neither header until a copy of stage 4 is begun;
//      all others open throughout.  There is no room to put them elsewhere; the backup still exists for a second run;
//   4. the other copies, one stage each: from now on the new header opens, with all its keyslots;
//   5. what only the old header used.
// A new header is never in force before its areas are written, unless they lie where the old header itself is (another
// metadata size, another format): then they follow in stage 5, because some header must be valid.
[[nodiscard]] std::vector<WriteStage> restore_stages(std::uint64_t length, const Claims& old_claims,
                                                     const Claims& new_claims,
                                                     std::size_t early = 0);

}  // namespace latchkey::volume
