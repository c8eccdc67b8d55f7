// SPDX-License-Identifier: LGPL-2.1-or-later
#include "formats/format.h"
#include "latchkey/volume.h"

namespace latchkey {

Result<MappingPlan> Volume::plan(const UnlockedVolume& unlocked) const {
    if (unlocked.unbound)
        return fail(Errc::NoUsableKeyslot, "keyslot %d holds a key that belongs to no data",
                    unlocked.keyslot);
    return header_->plan(unlocked.key);
}

}  // namespace latchkey
