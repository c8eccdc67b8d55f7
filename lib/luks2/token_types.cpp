// SPDX-License-Identifier: LGPL-2.1-or-later
#include "luks2/token_types.h"

#include <algorithm>
#include <array>
#include <string>

#include "base/json.h"
#include "luks2/json_text.h"

namespace latchkey::luks2 {
namespace {

// Types whose secret no person knows: random bytes that hardware or a server gives back.  Not among them:
// luks2-keyring, as `token add` binds it to all keyslots and the key's payload is a passphrase of somebody;
// systemd-recovery, whose key is typed; and types that we do not know, which say nothing of the secret.
constexpr std::array<std::string_view, 5> kMachineTypes = {
    "systemd-tpm2", "systemd-fido2", "systemd-pkcs11", "clevis", "ssh",
};

constexpr std::string_view kReservedPrefix = "luks2-";
constexpr std::string_view kKeyringType = "luks2-keyring";

Result<void> check_keyring_token(const Json& token) {
    const auto description = token.find("key_description");
    if (description == token.end() || !description->is_string() ||
        json_string_bytes(*description).empty())
        return fail(Errc::InvalidArgument, "token member key_description is not a text");
    if (token.size() != 3)
        return fail(Errc::InvalidArgument, "a luks2-keyring token has 3 members, not %zu",
                    token.size());
    return {};
}

}  // namespace

bool held_by_token(const Metadata& metadata, int keyslot) {
    const auto& tokens = metadata.tokens();
    return std::any_of(tokens.begin(), tokens.end(), [&](const Token& token) {
        const auto& slots = token.keyslots;
        return std::find(kMachineTypes.begin(), kMachineTypes.end(), token.type) !=
                   kMachineTypes.end() &&
               std::find(slots.begin(), slots.end(), keyslot) != slots.end();
    });
}

namespace {

// What every token has.
Result<std::string> type_of(const Json& token) {
    if (!token.is_object()) return fail(Errc::InvalidArgument, "token is not a JSON object");
    const auto member = token.find("type");
    if (member == token.end() || !member->is_string())
        return fail(Errc::InvalidArgument, "token member type is not a text");
    const std::string type = json_string_bytes(*member);
    if (type.empty()) return fail(Errc::InvalidArgument, "token member type is empty");
    const auto keyslots = token.find("keyslots");
    if (keyslots == token.end() || !keyslots->is_array())
        return fail(Errc::InvalidArgument, "token member keyslots is not an array");
    for (const Json& keyslot : *keyslots)
        if (!keyslot.is_string())
            return fail(Errc::InvalidArgument, "token member keyslots holds what is no text");
    return type;
}

}  // namespace

Result<void> check_token(const Json& token) {
    LK_ASSIGN(const std::string type, type_of(token));
    if (type == kKeyringType) return check_keyring_token(token);
    if (type.starts_with(kReservedPrefix))
        return fail(Errc::InvalidArgument, "token type %s is reserved", type.c_str());
    return {};
}

bool is_token(std::string_view json) {
    const auto token = parse_json(json);
    return token && type_of(*token);
}

}  // namespace latchkey::luks2
