// SPDX-License-Identifier: LGPL-2.1-or-later
#include "luks2/keyslot_token.h"

#include <algorithm>
#include <string>

#include "base/json.h"
#include "luks2/area_layout.h"
#include "luks2/json_edit.h"
#include "luks2/json_text.h"
#include "luks2/token_types.h"

namespace latchkey::luks2 {
namespace {

struct PlacedToken {
    int number;
    std::optional<Json> object = {};  // nothing = the token exists already
};

Result<PlacedToken> place(const Metadata& metadata, const KeyslotToken& token) {
    if (!token.json.empty()) {
        LK_ASSIGN(Json object, parse_token(token.json));
        LK_TRY(check_token_references(metadata, object));
        LK_ASSIGN(const int number, choose_token_number(metadata, token.number, false));
        return PlacedToken{number, std::move(object)};
    }
    if (!token.number || metadata.token(*token.number) == nullptr)
        return fail(Errc::NotFound, "token %d is not in use", token.number.value_or(-1));
    return PlacedToken{*token.number};
}

}  // namespace

Result<void> check_keyslot_token(const Metadata& metadata,
                                 const std::optional<KeyslotToken>& token) {
    if (token) LK_TRY(place(metadata, *token));
    return {};
}

Result<Metadata> with_keyslot_token(const Metadata& metadata,
                                    const std::optional<KeyslotToken>& token, int keyslot) {
    if (!token) return metadata;
    LK_ASSIGN(PlacedToken placed, place(metadata, *token));
    return metadata.edited([&](Json& document) {
        if (placed.object) set_token(document, placed.number, *std::move(placed.object));
        assign_token(document, placed.number, keyslot);
    });
}

Result<Json> parse_token(std::string_view text) {
    auto token = parse_json(text);
    // The text comes from the user or a program, not from a header.
    if (!token) return fail(Errc::InvalidArgument, "token: %s", token.error().message.c_str());
    LK_TRY(check_token(*token));
    return token;
}

Result<int> choose_token_number(const Metadata& metadata, std::optional<int> wanted, bool replace) {
    if (!wanted) return free_token_number(metadata);
    if (*wanted < 0 || *wanted >= kMaxTokens)
        return fail(Errc::InvalidArgument, "token number %d is not in 0..%d", *wanted,
                    kMaxTokens - 1);
    if (metadata.token(*wanted) != nullptr && !replace)
        return fail(Errc::Exists, "token %d is in use", *wanted);
    return *wanted;
}

// The check of the whole header would call this damage; here it is the caller's mistake.
Result<void> check_token_references(const Metadata& metadata, const Json& token) {
    for (const Json& member : token.at("keyslots")) {
        const std::string name = json_string_bytes(member);
        const auto& keyslots = metadata.keyslots();
        if (std::none_of(keyslots.begin(), keyslots.end(), [&](const Keyslot& keyslot) {
                return std::to_string(keyslot.number) == name;
            }))
            return fail(Errc::InvalidArgument, "token lists keyslot %s, which is not active",
                        name.c_str());
    }
    return {};
}

}  // namespace latchkey::luks2
