// SPDX-License-Identifier: LGPL-2.1-or-later
// Tokens: JSON objects beside the keyslots that describe another way to open a keyslot.
#include "capi/guard.h"
#include "capi/token_plugins.h"
#include "keys/token_object.h"

using namespace latchkey::capi;
using latchkey::Result;
using latchkey::Volume;
using latchkey::keys::TokenObject;

namespace {

constexpr int kMaxTokens = 32;  // LUKS2
constexpr std::string_view kKeyring = "luks2-keyring";

bool in_range(int token) {
    return token >= 0 && token < kMaxTokens;
}

// Returns the token; nothing for a free number.
std::optional<TokenObject> token_at(const crypt_device& cd, int token) {
    const LuksFacet* luks2 = luks2_of(cd);
    if (luks2 == nullptr || !in_range(token)) return {};
    return latchkey::keys::token_object(luks2->volume(), token);
}

Result<int> store(crypt_device& cd, int token, const std::string& json) {
    return change_volume(cd, [&](Volume& volume) {
        std::optional<int> number;
        if (token != CRYPT_ANY_TOKEN) number = token;
        return volume.import_token(cd.context, number, json, true);
    });
}

Result<int> remove(crypt_device& cd, int token) {
    if (!in_range(token)) return silent(EINVAL);
    if (!token_at(cd, token)) return token;
    return change_volume(cd, [&](Volume& volume) -> Result<int> {
        LK_TRY(volume.remove_token(cd.context, token));
        return token;
    });
}

// Returns whether the handler of its type accepts a token.
bool is_valid(crypt_device& cd, const char* json) {
    const auto type = latchkey::keys::token_type_in(json);
    if (!type) return true;  // refused later, with a message
    return check_token_json(cd, *type, json) == 0;
}

Result<int> assign(crypt_device* cd, int token, int keyslot, bool wanted) {
    LK_TRY(loaded_luks2(*cd));
    if (!token_at(*cd, token)) return silent(EINVAL);
    if (keyslot != CRYPT_ANY_SLOT) {
        const crypt_keyslot_info status = crypt_keyslot_status(cd, keyslot);
        if (status == CRYPT_SLOT_INVALID || (wanted && status == CRYPT_SLOT_INACTIVE))
            return silent(EINVAL);
        if (token_at(*cd, token)->lists(keyslot) == wanted) return token;
    }
    return change_volume(*cd, [&](Volume& volume) -> Result<int> {
        LK_TRY(volume.assign_token(cd->context, token, keyslot, wanted));
        return token;
    });
}

}  // namespace

int crypt_token_max(const char* type) {
    return type != nullptr && std::string_view(type) == CRYPT_LUKS2 ? kMaxTokens : -EINVAL;
}

int crypt_token_json_get(crypt_device* cd, int token, const char** json) {
    return guarded_with(cd, [&](crypt_device& self) -> Result<int> {
        if (json == nullptr) return silent(EINVAL);
        LK_ASSIGN(const Volume* volume, loaded_luks2(self));
        if (!in_range(token)) return silent(EINVAL);
        auto text = volume->export_token(token);
        if (!text && text.error().code == latchkey::Errc::NotFound) return silent(EINVAL);
        if (!text) return std::move(text).error();
        *json = hand_out(self, "token", std::move(text).value());
        return token;
    });
}

int crypt_token_json_set(crypt_device* cd, int token, const char* json) {
    return guarded_with(cd, [&](crypt_device& self) -> Result<int> {
        LK_TRY(loaded_luks2(self));
        if (json == nullptr) return remove(self, token);
        if (token != CRYPT_ANY_TOKEN && !in_range(token)) return silent(EINVAL);
        if (!is_valid(self, json)) return silent(EINVAL);
        LK_TRY(check_requirements(self));
        auto stored = store(self, token, json);
        // The caller reports a refused token itself; the reason goes to the debug log.
        if (!stored && stored.error().code == latchkey::Errc::InvalidArgument)
            return std::move(stored).error().silently();
        return stored;
    });
}

crypt_token_info crypt_token_status(crypt_device* cd, int token, const char** type) {
    if (cd == nullptr || luks2_of(*cd) == nullptr || !in_range(token)) return CRYPT_TOKEN_INVALID;
    return guarded_or(cd, CRYPT_TOKEN_INVALID, [&] {
        const auto object = token_at(*cd, token);
        if (!object) return CRYPT_TOKEN_INACTIVE;
        const std::string& name = object->type;
        if (type != nullptr) *type = hand_out(*cd, "token type", name);
        if (latchkey::keys::is_reserved_token_type(name))
            return latchkey::keys::is_known_token_type(name) ? CRYPT_TOKEN_INTERNAL
                                                             : CRYPT_TOKEN_INTERNAL_UNKNOWN;
        return token_calls(*cd, name) ? CRYPT_TOKEN_EXTERNAL : CRYPT_TOKEN_EXTERNAL_UNKNOWN;
    });
}

int crypt_token_luks2_keyring_set(crypt_device* cd, int token,
                                  const struct crypt_token_params_luks2_keyring* params) {
    return guarded_with(cd, [&](crypt_device& self) -> Result<int> {
        if (params == nullptr || params->key_description == nullptr) return silent(EINVAL);
        LK_TRY(loaded_luks2(self));
        if (token != CRYPT_ANY_TOKEN && !in_range(token)) return silent(EINVAL);
        LK_ASSIGN(const std::string json,
                  latchkey::seal_token(kKeyring, {.key_description = params->key_description}));
        return store(self, token, json);
    });
}

int crypt_token_luks2_keyring_get(crypt_device* cd, int token,
                                  struct crypt_token_params_luks2_keyring* params) {
    return guarded_with(cd, [&](crypt_device& self) -> Result<int> {
        if (params == nullptr) return silent(EINVAL);
        LK_TRY(loaded_luks2(self));
        const auto object = token_at(self, token);
        if (!object || object->type != kKeyring) return silent(EINVAL);
        params->key_description = hand_out(self, "key description", object->key_description);
        return token;
    });
}

int crypt_token_assign_keyslot(crypt_device* cd, int token, int keyslot) {
    return guarded_with(cd,
                        [&](crypt_device& self) { return assign(&self, token, keyslot, true); });
}

int crypt_token_unassign_keyslot(crypt_device* cd, int token, int keyslot) {
    return guarded_with(cd,
                        [&](crypt_device& self) { return assign(&self, token, keyslot, false); });
}

int crypt_token_is_assigned(crypt_device* cd, int token, int keyslot) {
    return guarded_with(cd, [&](crypt_device& self) -> Result<int> {
        LK_TRY(loaded_luks2(self));
        if (!in_range(token)) return silent(EINVAL);
        const auto object = token_at(self, token);
        if (!object || !object->lists(keyslot)) return silent(ENOENT);
        return 0;
    });
}
