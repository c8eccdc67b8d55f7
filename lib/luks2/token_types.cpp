// SPDX-License-Identifier: LGPL-2.1-or-later
#include "luks2/token_types.h"

#include <algorithm>
#include <string>

#include "base/json.h"
#include "luks2/json_text.h"
#include "luks2/names.h"

namespace latchkey::luks2 {
namespace {

constexpr std::string_view kReservedPrefix = "luks2-";

// ---- luks2-keyring: the payload of a key in the kernel's keyring, found by its description.  A person knows the
// secret: `token add` binds it to all keyslots, and the payload is somebody's passphrase.

constexpr std::string_view kKeyring = "luks2-keyring";
constexpr const char* kDescription = "key_description";

std::string description_of(const Json& token) {
    const auto member = token.find(kDescription);
    return member != token.end() && member->is_string() ? json_string_bytes(*member)
                                                        : std::string();
}

Result<void> check_keyring(const Json& token) {
    if (description_of(token).empty())
        return fail(Errc::InvalidArgument, "token member key_description is not a text");
    if (token.size() != 3)
        return fail(Errc::InvalidArgument, "a luks2-keyring token has 3 members, not %zu",
                    token.size());
    return {};
}

void describe_keyring(const Json& token, std::vector<Fact>& facts) {
    const auto member = token.find(kDescription);
    if (member != token.end() && member->is_string())
        facts.push_back({.key = kDescription,
                         .label = "\tKey description: ",
                         .value = json_string_bytes(*member)});
}

Result<Passphrase> unseal_keyring(const Json& token, io::Keyring& keyring) {
    const auto member = token.find(kDescription);
    // Tokens of this program have the member; other programs' tokens may lack it.
    if (member == token.end() || !member->is_string())
        return fail(Errc::NoUsableToken, "the token has no key_description");
    LK_ASSIGN(SecretBuffer payload, keyring.read("user", json_string_bytes(*member)));
    return Passphrase(std::move(payload));
}

Result<Json> seal_keyring(const TokenSeal& with) {
    return Json{{"type", kKeyring},
                {"keyslots", Json::array()},
                {kDescription, std::string(with.key_description)}};
}

// The key of systemd-recovery is typed by a person.  For a type without a row, nothing is known about its secret.
constexpr TokenType kTypes[] = {
    {.name = kKeyring,
     .check = check_keyring,
     .describe = describe_keyring,
     .unseal = unseal_keyring,
     .seal = seal_keyring},
    {.name = "systemd-tpm2", .of_machine = true},
    {.name = "systemd-fido2", .of_machine = true},
    {.name = "systemd-pkcs11", .of_machine = true},
    {.name = "systemd-recovery"},
    {.name = "clevis", .of_machine = true},
    {.name = "ssh", .of_machine = true},
    {.name = kNamesTokenType},
};

}  // namespace

std::span<const TokenType> token_types() {
    return kTypes;
}

const TokenType* find_token_type(std::string_view name) {
    const auto found = std::ranges::find(kTypes, name, &TokenType::name);
    return found != std::end(kTypes) ? found : nullptr;
}

bool is_reserved_token_type(std::string_view name) {
    return name.starts_with(kReservedPrefix);
}

bool held_by_token(const Metadata& metadata, int keyslot) {
    return std::ranges::any_of(metadata.tokens(), [&](const Token& token) {
        const TokenType* type = find_token_type(token.type);
        return type != nullptr && type->of_machine && token.lists(keyslot);
    });
}

namespace {

// Returns the type; every token has one.
Result<std::string> type_of(const Json& token) {
    if (!token.is_object()) return fail(Errc::InvalidArgument, "token is not a JSON object");
    const auto member = token.find("type");
    if (member == token.end() || !member->is_string())
        return fail(Errc::InvalidArgument, "token member type is not a text");
    const std::string name = json_string_bytes(*member);
    if (name.empty()) return fail(Errc::InvalidArgument, "token member type is empty");
    const auto keyslots = token.find("keyslots");
    if (keyslots == token.end() || !keyslots->is_array())
        return fail(Errc::InvalidArgument, "token member keyslots is not an array");
    for (const Json& keyslot : *keyslots)
        if (!keyslot.is_string())
            return fail(Errc::InvalidArgument, "token member keyslots is not an array of strings");
    return name;
}

}  // namespace

Result<void> check_token(const Json& token) {
    LK_ASSIGN(const std::string name, type_of(token));
    const TokenType* type = find_token_type(name);
    if (type != nullptr && type->check != nullptr) return type->check(token);
    if (type == nullptr && is_reserved_token_type(name))
        return fail(Errc::InvalidArgument, "token type %s is reserved", name.c_str());
    return {};
}

bool is_token(std::string_view json) {
    const auto token = parse_json(json);
    return token && type_of(*token);
}

}  // namespace latchkey::luks2
