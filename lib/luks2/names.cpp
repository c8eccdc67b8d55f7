// SPDX-License-Identifier: LGPL-2.1-or-later
#include "luks2/names.h"

#include <algorithm>
#include <cstdint>
#include <optional>

#include "base/json.h"
#include "luks2/area_layout.h"
#include "luks2/json_edit.h"
#include "luks2/json_text.h"

namespace latchkey::luks2 {
namespace {

// Returns the code point at `at` and moves `at` behind it; nothing if it is not UTF-8.
std::optional<char32_t> next_code_point(std::string_view text, std::size_t& at) {
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    const unsigned char first = byte(at);
    std::size_t length = 0;
    char32_t point = 0;
    if (first < 0x80) {
        length = 1;
        point = first;
    } else if (first >= 0xc2 && first < 0xe0) {
        length = 2;
        point = first & 0x1f;
    } else if (first >= 0xe0 && first < 0xf0) {
        length = 3;
        point = first & 0x0f;
    } else if (first >= 0xf0 && first < 0xf5) {
        length = 4;
        point = first & 0x07;
    } else {
        return std::nullopt;
    }
    if (text.size() - at < length) return std::nullopt;
    for (std::size_t i = 1; i < length; ++i) {
        if ((byte(at + i) & 0xc0) != 0x80) return std::nullopt;
        point = (point << 6) | (byte(at + i) & 0x3f);
    }
    const bool overlong = (length == 3 && point < 0x800) || (length == 4 && point < 0x10000);
    const bool surrogate = point >= 0xd800 && point < 0xe000;
    if (overlong || surrogate || point > 0x10ffff) return std::nullopt;
    at += length;
    return point;
}

bool deceives(char32_t point) {
    if (point < 0x20 || (point >= 0x7f && point < 0xa0)) return true;  // C0, DEL, C1
    if (point == 0x2028 || point == 0x2029) return true;  // line and paragraph separator
    return (point >= 0x202a && point <= 0x202e) ||
           (point >= 0x2066 && point <= 0x2069);  // direction of text
}

const Token* names_token(const Metadata& metadata) {
    for (const Token& token : metadata.tokens())
        if (token.type == kNamesTokenType) return &token;
    return nullptr;
}

// Returns the token's object without names that no longer apply.
Json current_names(const Metadata& metadata, const Token* token) {
    Json names = Json::object();
    for (const Keyslot& keyslot : metadata.keyslots())
        if (const std::string name = keyslot_name(metadata, keyslot.number); !name.empty())
            names[std::to_string(keyslot.number)] = name;
    Json object = token != nullptr
                      ? metadata.document().at("tokens").at(std::to_string(token->number))
                      : Json{{"type", kNamesTokenType}};
    object["keyslots"] = Json::array();
    object["names"] = std::move(names);
    return object;
}

}  // namespace

Result<void> check_name(std::string_view name) {
    if (name.size() > kMaxNameLength)
        return fail(Errc::InvalidArgument, "keyslot name of %zu bytes, at most %zu", name.size(),
                    kMaxNameLength);
    for (std::size_t at = 0; at < name.size();) {
        const std::size_t start = at;
        const auto point = next_code_point(name, at);
        if (!point)
            return fail(Errc::InvalidArgument, "keyslot name is not UTF-8 at byte %zu", start);
        if (deceives(*point))
            return fail(Errc::InvalidArgument, "keyslot name has the control character U+%04X",
                        static_cast<unsigned>(*point));
    }
    return {};
}

Result<void> check_new_name(const Metadata& metadata, std::optional<int> keyslot,
                            std::string_view name) {
    LK_TRY(check_name(name));
    if (name.empty()) return {};
    if (name.front() == ' ' || name.back() == ' ')
        return fail(Errc::InvalidArgument, "keyslot name '%.*s' begins or ends with a blank",
                    static_cast<int>(name.size()), name.data());
    // Where a keyslot is asked for, a number is a number.
    if (name.find_first_not_of("+-0123456789") == std::string_view::npos)
        return fail(Errc::InvalidArgument, "keyslot name '%.*s' is a number",
                    static_cast<int>(name.size()), name.data());
    for (const Keyslot& other : metadata.keyslots())
        if (other.number != keyslot && keyslot_name(metadata, other.number) == name)
            return fail(Errc::Exists, "keyslot %d has the name '%.*s' already", other.number,
                        static_cast<int>(name.size()), name.data());
    return {};
}

std::string keyslot_name(const Metadata& metadata, int keyslot) {
    const Token* token = names_token(metadata);
    if (token == nullptr || !token->lists(keyslot)) return {};
    const Json& object = metadata.document().at("tokens").at(std::to_string(token->number));
    const auto names = object.find("names");
    if (names == object.end() || !names->is_object()) return {};
    const auto name = names->find(std::to_string(keyslot));
    if (name == names->end() || !name->is_string()) return {};
    std::string text = json_string_bytes(*name);
    return check_name(text) ? text : std::string();
}

Result<Metadata> with_name(const Metadata& metadata, int keyslot, std::string_view name) {
    LK_TRY(check_new_name(metadata, keyslot, name));
    const Token* token = names_token(metadata);
    if (token == nullptr && name.empty()) return metadata;
    Json object = current_names(metadata, token);
    Json& names = object["names"];
    if (name.empty())
        names.erase(std::to_string(keyslot));
    else
        names[std::to_string(keyslot)] = name;
    for (const auto& [number, unused] : names.items()) object["keyslots"].push_back(number);
    if (names.empty())
        return metadata.edited([&](Json& document) { remove_token(document, token->number); });

    int number = 0;
    if (token != nullptr) {
        number = token->number;
    } else {
        LK_ASSIGN(number, free_token_number(metadata));
    }
    return metadata.edited([&](Json& document) { set_token(document, number, std::move(object)); });
}

}  // namespace latchkey::luks2
