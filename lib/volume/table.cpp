// SPDX-License-Identifier: LGPL-2.1-or-later
#include "formats/format.h"
#include "latchkey/volume.h"
#include "model/crypt_table.h"

namespace latchkey {

Result<std::string> Volume::planned_table(const UnlockedVolume& unlocked,
                                          const Device& data) const {
    if (unlocked.unbound)
        return fail(Errc::NoUsableKeyslot, "keyslot %d holds a key that belongs to no data",
                    unlocked.keyslot);
    LK_ASSIGN(const model::MappingPlan plan, header_->plan(unlocked.key));
    return model::crypt_table(plan, data.name(), data.size());
}

}  // namespace latchkey
