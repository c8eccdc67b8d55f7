// SPDX-License-Identifier: LGPL-2.1-or-later
// Operations on tokens.
#include "base/json.h"
#include "formats/keyslot_refusal.h"
#include "latchkey/wording.h"
#include "luks2/json_edit.h"
#include "luks2/json_text.h"
#include "luks2/keyslot_token.h"
#include "luks2/loaded_header.h"
#include "luks2/token_types.h"

namespace latchkey::luks2 {
namespace {

Result<void> require_token(const Metadata& metadata, int number) {
    if (metadata.token(number) == nullptr)
        return fail(Errc::NotFound, "token %d is not in use", number);
    return {};
}

// `keyslot` < 0: all keyslots of type luks2.
Result<Metadata> assigned(const Metadata& current, int token, int keyslot, bool assign) {
    if (keyslot >= 0 && assign && current.keyslot(keyslot) == nullptr)
        return formats::keyslot_empty(keyslot);
    if (keyslot >= 0 && !assign && !current.token(token)->lists(keyslot))
        return fail(Errc::NotFound, "token %d is not assigned to keyslot %d", token, keyslot);
    return current.edited([&](Json& document) {
        for (const Keyslot& each : current.keyslots()) {
            const bool meant = keyslot < 0 ? each.is_luks2() : each.number == keyslot;
            if (meant && assign) luks2::assign_token(document, token, each.number);
            if (meant && !assign) unassign_token(document, token, each.number);
        }
    });
}

}  // namespace

Result<std::string> Luks2Header::export_token(int token) const {
    LK_TRY(require_token(metadata(), token));
    return shown_json(json_to_text(metadata().document().at("tokens").at(std::to_string(token))));
}

bool Luks2Header::could_export(std::string_view json) const {
    return is_token(json);
}

Result<int> Luks2Header::import_token(Context& context, std::optional<int> token,
                                      std::string_view json, bool replace,
                                      std::optional<int> assign) {
    LK_ASSIGN(const Json object, parse_token(json));
    int number = 0;
    const Edit store = [&](const Metadata& current) -> Result<Metadata> {
        LK_ASSIGN(number, choose_token_number(current, token, replace));
        LK_TRY(check_token_references(current, object));
        LK_ASSIGN(Metadata next,
                  current.edited([&](Json& document) { set_token(document, number, object); }));
        if (!assign) return next;
        return assigned(next, number, *assign, true);
    };
    LK_TRY(change_metadata(context, store));
    return number;
}

Result<void> Luks2Header::remove_token(Context& context, int token) {
    return change_metadata(context, [&](const Metadata& current) -> Result<Metadata> {
        LK_TRY(require_token(current, token));
        return current.edited([&](Json& document) { luks2::remove_token(document, token); });
    });
}

Result<void> Luks2Header::assign_token(Context& context, int token, int keyslot, bool assign) {
    return change_metadata(context, [&](const Metadata& current) -> Result<Metadata> {
        LK_TRY(require_token(current, token));
        return assigned(current, token, keyslot, assign);
    });
}

}  // namespace latchkey::luks2
