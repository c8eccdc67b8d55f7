// SPDX-License-Identifier: LGPL-2.1-or-later
// Keyslots go: first from both header copies, which takes their salts away and with them any way to derive
// the area's key; then the area is wiped.  So a crash leaves the old state whole or the new one.

#include "base/i18n.h"
#include "base/json.h"
#include "luks2/json_edit.h"
#include "luks2/loaded_header.h"
#include "luks2/names.h"

namespace latchkey::luks2 {

Result<void> Header::kill_keyslot(Context& context, int number) {
    // As with the peer: who takes a passphrase away must not be kept from it.
    LK_ASSIGN(Update update, begin(context, Requirement::Unknown));
    LK_TRY(update.expect_unchanged(metadata(), number));
    const Area area = update.current().keyslot(number)->area;
    LK_ASSIGN(Metadata next, with_name(update.current(), number, ""));
    LK_ASSIGN(next, next.edited([&](Json& document) { remove_keyslot(document, number); }));
    LK_TRY(update.commit(std::move(next)));
    const auto wiped = update.wipe_area(area);
    stored_ = std::move(update).take();
    if (!wiped)
        return Error(wiped.error())
            .within(translate("keyslot is removed, but its area is not wiped"));
    return {};
}

Result<void> Header::erase_keyslots(Context& context) {
    // Who erases wants the data gone, whatever is being done to it or what else it needs.
    LK_ASSIGN(Update update,
              begin(context, Requirement::OfflineReencrypt | Requirement::OnlineReencrypt |
                                 Requirement::InlineHwTags | Requirement::Unknown));
    std::vector<Keyslot> gone;
    for (const Keyslot& keyslot : update.current().keyslots())
        if (keyslot.is_luks2()) gone.push_back(keyslot);
    Metadata next = update.current();
    for (const Keyslot& keyslot : gone) {
        LK_ASSIGN(next, with_name(next, keyslot.number, ""));
        LK_ASSIGN(next,
                  next.edited([&](Json& document) { remove_keyslot(document, keyslot.number); }));
    }
    LK_TRY(update.commit(std::move(next)));
    // One area that cannot be wiped must not keep the others from it.
    Result<void> wiped;
    for (const Keyslot& keyslot : gone)
        if (auto done = update.wipe_area(keyslot.area); !done && wiped) wiped = std::move(done);
    stored_ = std::move(update).take();
    if (!wiped)
        return Error(wiped.error())
            .within(translate("keyslots are removed, but an area is not wiped"));
    return {};
}

}  // namespace latchkey::luks2
