// SPDX-License-Identifier: LGPL-2.1-or-later
#include "formats/format.h"
#include "io/claim.h"
#include "latchkey/volume.h"
#include "volume/auto_backup.h"
#include "volume/exclusive.h"

namespace latchkey {

Result<void> Volume::erase_keyslots(Context& context) {
    LK_ASSIGN(const volume::Exclusive held, volume::take_exclusive(context, device_, *header_));
    LK_TRY(io::check_not_in_use(*device_.io()));
    LK_TRY(volume::backup_before_change(context, device_, *held.current));
    return header_->erase_keyslots(context);
}

}  // namespace latchkey
