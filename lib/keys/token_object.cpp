// SPDX-License-Identifier: LGPL-2.1-or-later
#include "keys/token_object.h"

#include <algorithm>

#include "base/json.h"
#include "luks2/json_text.h"
#include "luks2/token_types.h"

namespace latchkey::keys {
namespace {

std::optional<Json> object_in(std::string_view json) {
    auto parsed = luks2::parse_json(json);
    if (!parsed || !parsed->is_object()) return {};
    return std::move(parsed).value();
}

std::string text_member(const Json& object, const char* name) {
    const auto member = object.find(name);
    return member != object.end() && member->is_string() ? luks2::json_string_bytes(*member)
                                                         : std::string();
}

}  // namespace

bool TokenObject::lists(int keyslot) const {
    return std::ranges::find(keyslots, std::to_string(keyslot)) != keyslots.end();
}

std::optional<TokenObject> token_object(const Volume& volume, int number) {
    const auto text = volume.export_token(number);
    if (!text) return {};
    const auto object = object_in(*text);
    if (!object) return {};
    TokenObject token{.type = text_member(*object, "type"),
                      .key_description = text_member(*object, "key_description")};
    if (const auto listed = object->find("keyslots"); listed != object->end())
        for (const Json& member : *listed)
            if (member.is_string()) token.keyslots.push_back(luks2::json_string_bytes(member));
    return token;
}

std::optional<std::string> token_type_in(std::string_view json) {
    const auto object = object_in(json);
    if (!object || !object->contains("type") || !object->at("type").is_string()) return {};
    return text_member(*object, "type");
}

bool is_reserved_token_type(std::string_view type) {
    return luks2::is_reserved_token_type(type);
}

bool is_known_token_type(std::string_view type) {
    return luks2::find_token_type(type) != nullptr;
}

}  // namespace latchkey::keys
