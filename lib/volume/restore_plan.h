// SPDX-License-Identifier: LGPL-2.1-or-later
// In which order a header area that is put back reaches the device, so that a crash costs least.
#pragma once

#include <cstdint>
#include <vector>

#include "latchkey/device.h"
#include "latchkey/keyslot_info.h"

namespace latchkey::volume {

// What a header lays claim to.
struct Claims {
    std::vector<ByteRange> copies;  // of the header itself, in the order in which they are written
    std::vector<ByteRange> areas;   // of active keyslots
};

// Ranges for one flush, disjoint and by offset.
using WriteStage = std::vector<ByteRange>;

// The stages of writing [0, length) over a device on which `old_claims` hold (empty: nothing to be saved):
//   1. what the old header does not use: it still opens with all its keyslots;
//   2. the first `early` copies of the new header, one stage each: those which do not count yet, as the old header wins
//      by its sequence id (copy_order.h);
//   3. areas that both use: keyslots whose area differs belong to neither header until a copy of 4 is begun, all others
//      open throughout.  There is no room to put them elsewhere; the backup is still there for a second run;
//   4. the other copies, one stage each: from now on the new one opens, with all its keyslots;
//   5. what only the old header used.
// A new header never counts before its areas are written, unless those lie where the old header
// itself is (another metadata size, another format): then they follow in stage 5, for some header must be valid.
[[nodiscard]] std::vector<WriteStage> restore_stages(std::uint64_t length, const Claims& old_claims,
                                                     const Claims& new_claims,
                                                     std::size_t early = 0);

}  // namespace latchkey::volume
