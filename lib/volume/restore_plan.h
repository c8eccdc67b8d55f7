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
//   2. areas that both use: keyslots whose area differs belong to neither header until 3 is done, all others
//      open throughout.  There is no room to put them elsewhere; the backup is still there for a second run;
//   3. the copies of the header, one stage each: from now on the new one opens, with all its keyslots;
//   4. what only the old header used.
// A new header never points to areas that are not yet written, unless those lie where the old header
// itself is (another metadata size): then they follow in stage 4, for some header must be valid.
[[nodiscard]] std::vector<WriteStage> restore_stages(std::uint64_t length, const Claims& old_claims,
                                                     const Claims& new_claims);

}  // namespace latchkey::volume
