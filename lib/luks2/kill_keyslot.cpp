// SPDX-License-Identifier: LGPL-2.1-or-later
// Keyslots go: first from both header copies, which takes their salts away and with them any way to derive
// the area's key; then the area is wiped.  So a crash leaves the old state whole or the new one.
#include "base/i18n.h"
#include "base/json.h"
#include "base/strprintf.h"
#include "formats/outcome.h"
#include "luks2/json_edit.h"
#include "luks2/loaded_header.h"
#include "luks2/names.h"

namespace latchkey::luks2 {
namespace {

// Before the first write.  What is destroyed from there on is destroyed to the end.
Result<void> check_wanted_still(const Context& context) {
    if (!context.cancelled()) return {};
    return fail(Errc::Interrupted, "stopped before a keyslot was removed");
}

}  // namespace

Result<void> Header::kill_keyslot(Context& context, int number) {
    // As with the peer: who takes a passphrase away must not be kept from it.
    LK_ASSIGN(Update update, begin(context, Requirement::Unknown));
    LK_TRY(update.expect_unchanged(metadata(), number));
    const Area area = update.current().keyslot(number)->area;
    LK_ASSIGN(Metadata next, with_name(update.current(), number, ""));
    LK_ASSIGN(next, next.edited([&](Json& document) { remove_keyslot(document, number); }));
    LK_TRY(check_wanted_still(context));
    Result<void> done = formats::if_unfinished(
        update.commit(next), strprintf(translate("keyslot %d is removed"), number));
    if (done) {
        if (auto wiped = update.wipe_area(area); !wiped)
            done = formats::unfinished(std::move(wiped).error(),
                                       translate("keyslot is removed, but its area is not wiped"));
    }
    return finish(std::move(update), std::move(done));
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
    LK_TRY(update.prepare(next));
    LK_TRY(check_wanted_still(context));
    Result<void> committed = update.commit();
    // One area that cannot be wiped must not keep the others from it, nor must a header copy.
    formats::AllRemoved removed;
    for (const Keyslot& keyslot : gone)
        removed.area(keyslot.number, update.wipe_area(keyslot.area));
    Result<void> done = std::move(removed).conclude(std::move(committed));
    if (!done && done.error().code != Errc::Unfinished) return done;
    return finish(std::move(update), std::move(done));
}

}  // namespace latchkey::luks2
