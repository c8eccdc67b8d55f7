// SPDX-License-Identifier: GPL-2.0-or-later
#include "actions/last_keyslot.h"

#include <algorithm>

#include "text/format.h"
#include "ui/secret_sources.h"

namespace latchkey::cli {

Result<void> agree_to_remove(Ui& ui, const Volume& volume, int keyslot) {
    const auto active = volume.keyslots();
    const auto opens_data = [](const KeyslotInfo& slot) { return slot.usable && !slot.unbound; };
    const auto found = std::ranges::find(active, keyslot, &KeyslotInfo::number);
    if (found == active.end() || !opens_data(*found)) return {};
    // A damaged keyslot cannot be used to unlock, although it is listed.
    const auto lost = volume.lost_keyslots(ui.context());
    const auto stays = [&](const KeyslotInfo& slot) {
        return slot.number != keyslot && opens_data(slot) &&
               std::ranges::find(lost, slot.number) == lost.end();
    };
    const bool last_of_all = std::ranges::none_of(active, stays);
    const bool last_of_people =
        !found->held_by_token && std::ranges::none_of(active, [&](const KeyslotInfo& slot) {
            return stays(slot) && !slot.held_by_token;
        });
    if (!last_of_all && !last_of_people) return {};

    if (!ui.batch() && !person_is_there())
        return fail(Errc::LastKeyslot,
                    "keyslot %d is the last one that a person can use; -q (--batch-mode) removes "
                    "it all the same",
                    keyslot)
            .with_hint(text("add another passphrase first with 'luksAddKey'"));
    LK_TRY(ui.confirm_or(

        last_of_all
            ? text("This is the last keyslot. Device will become unusable after purging this key.")
            : text("This is the last keyslot that a person can use. Only tokens will open the "
                   "device after purging this key."),
        2, N_("Operation aborted, the keyslot was NOT wiped.\n")));
    ui.context().policy.guard_last_keyslot = false;
    return {};
}

}  // namespace latchkey::cli
