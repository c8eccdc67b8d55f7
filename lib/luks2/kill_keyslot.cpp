// SPDX-License-Identifier: LGPL-2.1-or-later
// Removes keyslots.  First from both header copies: this removes their salts, without which the area's key cannot be
// derived.  Then wipes the area.  A crash therefore leaves either the complete old state or the new one.
#include "base/i18n.h"
#include "base/json.h"
#include "base/strprintf.h"
#include "formats/outcome.h"
#include "luks2/json_edit.h"
#include "luks2/loaded_header.h"
#include "luks2/names.h"

namespace latchkey::luks2 {
namespace {

// Returns Interrupted if the context is cancelled.  Called before the first write; after that nothing stops the
// destruction.
Result<void> check_wanted_still(const Context& context) {
    if (!context.cancelled()) return {};
    return fail(Errc::Interrupted, "stopped before a keyslot was removed");
}

}  // namespace

Result<void> Luks2Header::kill_keyslot(Context& context, int number) {
    // Like the peer, allows removing a passphrase from a header with any requirement.
    LK_ASSIGN(const auto change, begin(context, Requirement::Unknown));
    LK_TRY(change->expect_unchanged(number));
    const Area area = change->current().keyslot(number)->area;
    LK_ASSIGN(Metadata next, with_name(change->current(), number, ""));
    LK_ASSIGN(next, next.edited([&](Json& document) { remove_keyslot(document, number); }));
    LK_TRY(check_wanted_still(context));
    Result<void> done = formats::if_unfinished(
        change->commit(next), strprintf(translate("keyslot %d is removed"), number));
    if (done) {
        if (auto wiped = change->wipe_area(area.range()); !wiped)
            done = formats::unfinished(std::move(wiped).error(),
                                       translate("keyslot is removed, but its area is not wiped"));
    }
    return done;
}

Result<void> Luks2Header::erase_keyslots(Context& context) {
    // Erasing destroys the data, so neither a reencryption nor a requirement prevents it.
    LK_ASSIGN(const auto change,
              begin(context, Requirement::OfflineReencrypt | Requirement::OnlineReencrypt |
                                 Requirement::InlineHwTags | Requirement::Unknown));
    std::vector<Keyslot> gone;
    for (const Keyslot& keyslot : change->current().keyslots())
        if (keyslot.is_luks2()) gone.push_back(keyslot);
    Metadata next = change->current();
    for (const Keyslot& keyslot : gone) {
        LK_ASSIGN(next, with_name(next, keyslot.number, ""));
        LK_ASSIGN(next,
                  next.edited([&](Json& document) { remove_keyslot(document, keyslot.number); }));
    }
    LK_TRY(change->prepare(next));
    LK_TRY(check_wanted_still(context));
    Result<void> committed = change->commit();
    // If one area or header copy cannot be written, the other areas are wiped nevertheless.
    formats::AllRemoved removed;
    for (const Keyslot& keyslot : gone)
        removed.area(keyslot.number, change->wipe_area(keyslot.area.range()));
    return std::move(removed).conclude(std::move(committed));
}

}  // namespace latchkey::luks2
