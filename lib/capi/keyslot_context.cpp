// SPDX-License-Identifier: LGPL-2.1-or-later
#include "capi/keyslot_context.h"

#include "capi/guard.h"
#include "capi/older_version.h"

namespace latchkey::capi {
namespace {

// keyctl's names of keys have a type, "%user:x"; a plain "x" is a user key.
std::string_view without_type(std::string_view description) {
    constexpr std::string_view kUser = "%user:";
    if (description.starts_with(kUser)) description.remove_prefix(kUser.size());
    return description;
}

}  // namespace

Result<crypt_keyslot_context> by_passphrase(const char* bytes, std::size_t size) {
    LK_ASSIGN(SecretBuffer secret, secret_of(bytes, size));
    return crypt_keyslot_context{.type = CRYPT_KC_TYPE_PASSPHRASE,
                                 .source = {.from = keys::Given{std::move(secret)}}};
}

Result<crypt_keyslot_context> by_volume_key(const char* bytes, std::size_t size) {
    SecretBuffer secret;
    if (bytes != nullptr) {
        LK_ASSIGN(secret, secret_of(bytes, size));
    }
    return crypt_keyslot_context{
        .type = CRYPT_KC_TYPE_KEY,
        .source = {.from = keys::Given{std::move(secret)}, .is = KeyIs::VolumeKey},
        .key_bytes = size};
}

Result<crypt_keyslot_context> by_token(int token, const char* type, const char* pin,
                                       std::size_t pin_size, void* user) {
    keys::Token tokens;
    if (token != CRYPT_ANY_TOKEN) tokens.number = token;
    if (type != nullptr) tokens.type = type;
    if (pin != nullptr) {
        LK_ASSIGN(tokens.pin, passphrase_of(pin, pin_size));
    }
    return crypt_keyslot_context{
        .type = CRYPT_KC_TYPE_TOKEN, .source = {.from = std::move(tokens)}, .user = user};
}

crypt_keyslot_context by_keyfile(const char* path, std::uint64_t offset, std::size_t size) {
    return {
        .type = CRYPT_KC_TYPE_KEYFILE,
        .source = {.from = keys::File{.path = path, .options = {.offset = offset, .size = size}}}};
}

crypt_keyslot_context by_keyring(const char* description) {
    return {
        .type = CRYPT_KC_TYPE_KEYRING,
        .source = {.from = keys::Keyring{.description = std::string(without_type(description))}}};
}

crypt_keyslot_context by_keyring_volume_key(const char* description) {
    return {.type = CRYPT_KC_TYPE_VK_KEYRING,
            .source = {.from = keys::keyring_key(description), .is = KeyIs::VolumeKey}};
}

bool is_of_context(const crypt_keyslot_context& kc) {
    const auto* given = std::get_if<keys::Given>(&kc.source.from);
    return given != nullptr && kc.source.is == KeyIs::VolumeKey && given->bytes.empty();
}

Result<Passphrase> passphrase_from(crypt_device& cd, const crypt_keyslot_context& kc) {
    if (kc.source.is == KeyIs::VolumeKey || kc.source.is_a<keys::Token>())
        return fail(Errc::NotSupported, "a keyslot context of type %d has no passphrase", kc.type);
    LK_ASSIGN(SecretBuffer bytes, read_secret(cd.context, kc.source));
    return Passphrase(std::move(bytes));
}

}  // namespace latchkey::capi

using namespace latchkey::capi;
using latchkey::Result;

// Release 2.8 made new versions of these, which copy what they are given.  Ours always did.
CAPI_OLDER_VERSION(crypt_keyslot_context_init_by_passphrase, "2.6", 2_6);
CAPI_OLDER_VERSION(crypt_keyslot_context_init_by_keyfile, "2.6", 2_6);
CAPI_OLDER_VERSION(crypt_keyslot_context_init_by_token, "2.6", 2_6);
CAPI_OLDER_VERSION(crypt_keyslot_context_init_by_volume_key, "2.6", 2_6);
CAPI_OLDER_VERSION(crypt_keyslot_context_init_by_keyring, "2.7", 2_7);
CAPI_OLDER_VERSION(crypt_keyslot_context_init_by_vk_in_keyring, "2.7", 2_7);

namespace {

Result<int> init(crypt_keyslot_context** kc, Result<crypt_keyslot_context> made) {
    if (!made) return std::move(made).error();
    *kc = new crypt_keyslot_context(*std::move(made));
    return 0;
}

}  // namespace

void crypt_keyslot_context_free(crypt_keyslot_context* kc) {
    delete kc;
}

int crypt_keyslot_context_get_error(crypt_keyslot_context* kc) {
    return kc == nullptr ? -EINVAL : kc->error;
}

int crypt_keyslot_context_get_type(const crypt_keyslot_context* kc) {
    return kc == nullptr ? -EINVAL : kc->type;
}

int crypt_keyslot_context_init_by_passphrase(crypt_device* cd, const char* passphrase,
                                             size_t passphrase_size, crypt_keyslot_context** kc) {
    if (kc == nullptr || passphrase == nullptr) return -EINVAL;
    return guarded(cd, [&] { return init(kc, by_passphrase(passphrase, passphrase_size)); });
}

int crypt_keyslot_context_init_by_keyfile(crypt_device* cd, const char* keyfile,
                                          size_t keyfile_size, uint64_t keyfile_offset,
                                          crypt_keyslot_context** kc) {
    if (kc == nullptr || keyfile == nullptr) return -EINVAL;
    return guarded(cd, [&] { return init(kc, by_keyfile(keyfile, keyfile_offset, keyfile_size)); });
}

int crypt_keyslot_context_init_by_token(crypt_device* cd, int token, const char* type,
                                        const char* pin, size_t pin_size, void* usrptr,
                                        crypt_keyslot_context** kc) {
    if (kc == nullptr || (token < 0 && token != CRYPT_ANY_TOKEN)) return -EINVAL;
    return guarded(cd, [&] { return init(kc, by_token(token, type, pin, pin_size, usrptr)); });
}

int crypt_keyslot_context_init_by_volume_key(crypt_device* cd, const char* volume_key,
                                             size_t volume_key_size, crypt_keyslot_context** kc) {
    if (kc == nullptr) return -EINVAL;
    return guarded(cd, [&] { return init(kc, by_volume_key(volume_key, volume_key_size)); });
}

int crypt_keyslot_context_init_by_keyring(crypt_device* cd, const char* key_description,
                                          crypt_keyslot_context** kc) {
    if (kc == nullptr || key_description == nullptr) return -EINVAL;
    return guarded(cd, [&] { return init(kc, by_keyring(key_description)); });
}

int crypt_keyslot_context_init_by_vk_in_keyring(crypt_device* cd, const char* key_description,
                                                crypt_keyslot_context** kc) {
    if (kc == nullptr || key_description == nullptr) return -EINVAL;
    return guarded(cd, [&] { return init(kc, by_keyring_volume_key(key_description)); });
}

int crypt_keyslot_context_set_pin(crypt_device* cd, const char* pin, size_t pin_size,
                                  crypt_keyslot_context* kc) {
    if (kc == nullptr) return -EINVAL;
    return guarded(cd, [&]() -> Result<int> {
        auto* tokens = std::get_if<latchkey::keys::Token>(&kc->source.from);
        if (tokens == nullptr) return silent(EINVAL);
        tokens->pin.reset();
        if (pin != nullptr) {
            LK_ASSIGN(tokens->pin, passphrase_of(pin, pin_size));
        }
        kc->error = 0;
        return 0;
    });
}
