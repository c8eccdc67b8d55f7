// SPDX-License-Identifier: LGPL-2.1-or-later
#include "formats/format.h"
#include "latchkey/volume.h"
#include "volume/auto_backup.h"
#include "volume/exclusive.h"
#include "volume/guard.h"
#include "volume/new_keyslot.h"

namespace latchkey {

Result<int> Volume::change_keyslot(Context& context, const UnlockedVolume& opened,
                                   const Passphrase& passphrase, const NewKeyslot& keyslot) {
    const int number = keyslot.number.value_or(opened.keyslot);
    // Another keyslot may hold another key, which would be lost.
    if (opened.keyslot >= 0 && number != opened.keyslot)
        return fail(Errc::InvalidArgument, "keyslot %d is to be changed, but %d was opened", number,
                    opened.keyslot);
    LK_TRY(volume::find_keyslot(header_->keyslots(), number));
    LK_ASSIGN(const formats::KeyslotSpec spec,
              volume::decide_keyslot(context, *header_, keyslot, opened.key.size()));
    LK_ASSIGN(const volume::Exclusive held, volume::take_exclusive(context, device_, *header_));
    LK_TRY(volume::backup_before_change(context, device_, *held.current));
    return volume::as_no_room(
        header_->change_keyslot(context, number, opened.key, passphrase, spec));
}

Result<int> Volume::move_keyslot(Context& context, const UnlockedVolume& opened, int to,
                                 const Passphrase& passphrase, const NewKeyslot& keyslot) {
    LK_TRY(volume::find_keyslot(header_->keyslots(), opened.keyslot));
    LK_TRY(volume::check_free_keyslot(*header_, to));
    LK_ASSIGN(formats::KeyslotSpec spec,
              volume::decide_keyslot(context, *header_, keyslot, opened.key.size()));
    spec.number = to;
    LK_ASSIGN(const volume::Exclusive held, volume::take_exclusive(context, device_, *header_));
    LK_TRY(volume::backup_before_change(context, device_, *held.current));
    return volume::as_no_room(
        header_->change_keyslot(context, opened.keyslot, opened.key, passphrase, spec));
}

}  // namespace latchkey
