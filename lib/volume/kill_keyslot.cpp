// SPDX-License-Identifier: LGPL-2.1-or-later
#include <algorithm>

#include "formats/format.h"
#include "io/claim.h"
#include "latchkey/volume.h"
#include "volume/auto_backup.h"
#include "volume/exclusive.h"
#include "volume/guard.h"
#include "volume/lost_keyslots.h"

namespace latchkey {

Result<void> Volume::kill_keyslot(Context& context, int number) {
    LK_ASSIGN(const volume::Exclusive held, volume::take_exclusive(context, device_, *header_));
    LK_TRY(volume::find_keyslot(held.current->keyslots(), number));
    const std::vector<KeyslotInfo> active =
        volume::without_lost(context, *device_.io(), held.current->keyslots(), number);
    LK_TRY(volume::check_removal(context.policy, active, number));
    // After the last keyslot is gone, a volume that is open now can never be opened again.
    const bool opens_after = std::ranges::any_of(active, [number](const KeyslotInfo& slot) {
        return slot.number != number && slot.usable && !slot.unbound;
    });
    if (!opens_after) LK_TRY(io::check_not_in_use(*device_.io()));
    LK_TRY(volume::backup_before_change(context, device_, *held.current));
    return header_->kill_keyslot(context, number);
}

}  // namespace latchkey
