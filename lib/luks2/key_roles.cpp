// SPDX-License-Identifier: LGPL-2.1-or-later
// Changes whether a key is the volume key, and the requirements that a header has for programs.

#include "base/json.h"
#include "luks2/json_edit.h"
#include "luks2/keyslot_token.h"
#include "luks2/loaded_header.h"
#include "luks2/segment.h"
#include "luks2/unlock.h"

namespace latchkey::luks2 {
namespace {

// The requirements that may be set already when requirements are set: the caller replaces the whole set, and may
// remove known ones.
constexpr Requirements kKnown = Requirement::OfflineReencrypt | Requirement::OnlineReencrypt |
                                Requirement::Opal | Requirement::InlineHwTags;

}  // namespace

Result<void> Luks2Header::make_volume_key(Context& context, int keyslot, const VolumeKey& key,
                                          const std::optional<KeyslotToken>& token) {
    LK_TRY(check_keyslot_token(metadata(), token));
    LK_TRY(check_key_of_keyslot(context, metadata(), keyslot, key.bytes()));
    LK_TRY(check_new_volume_key(metadata(), key.size()));
    LK_ASSIGN(const auto change, begin(context));
    LK_TRY(change->expect_unchanged(keyslot));
    const Digest* digest = change->current().digest_of_keyslot(keyslot);
    if (digest == nullptr)
        return fail(Errc::ConcurrentChange, "keyslot %d has no digest any more", keyslot);
    LK_ASSIGN(Metadata next, change->current().edited([&](Json& document) {
        for (const int segment : volume_segments(change->current()))
            link_segment(document, digest->number, segment);
    }));
    LK_ASSIGN(next, with_keyslot_token(next, token, keyslot));
    return change->commit(next);
}

Result<void> Luks2Header::set_requirements(Context& context,
                                           const std::vector<std::string>& mandatory) {
    LK_ASSIGN(const auto change, begin(context, kKnown));
    LK_ASSIGN(Metadata next, change->current().edited([&](Json& document) {
        luks2::set_requirements(document, mandatory);
    }));
    return change->commit(next);
}

}  // namespace latchkey::luks2
