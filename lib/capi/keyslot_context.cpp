// SPDX-License-Identifier: LGPL-2.1-or-later
#include "capi/keyslot_context.h"

#include <memory>

#include "base/i18n.h"
#include "capi/guard.h"
#include "latchkey/keyfile.h"
#include "latchkey/token_unlock.h"

namespace latchkey::capi {
namespace {

// In the order of the variant.
constexpr int kTypes[] = {CRYPT_KC_TYPE_PASSPHRASE, CRYPT_KC_TYPE_KEYFILE, CRYPT_KC_TYPE_TOKEN,
                          CRYPT_KC_TYPE_KEY,        CRYPT_KC_TYPE_KEYRING, CRYPT_KC_TYPE_VK_KEYRING,
                          CRYPT_KC_TYPE_SIGNED_KEY};

// The kinds are as keyctl names keys: "%user:x", and plainly "x" for a user key.
std::string_view without_type(std::string_view description) {
    constexpr std::string_view kUser = "%user:";
    if (description.starts_with(kUser)) description.remove_prefix(kUser.size());
    return description;
}

template <typename Source>
latchkey::Result<int> init(crypt_keyslot_context** kc, Source source) {
    *kc = new crypt_keyslot_context{.source = std::move(source)};
    return 0;
}

}  // namespace

Result<Passphrase> passphrase_from(crypt_device&, crypt_keyslot_context& kc) {
    if (const auto* given = std::get_if<PassphraseSource>(&kc.source))
        return Passphrase(SecretBuffer::copy_of(given->bytes.bytes()));
    if (const auto* file = std::get_if<KeyfileSource>(&kc.source)) {
        KeyfileOptions options{.offset = file->offset};
        if (file->size != 0) options.size = file->size;
        LK_ASSIGN(SecretBuffer bytes, read_keyfile(file->path, options));
        return Passphrase(std::move(bytes));
    }
    if (const auto* key = std::get_if<KeyringSource>(&kc.source))
        return keyring_passphrase(without_type(key->description));
    return fail(Errc::NotSupported, "a keyslot context of type %d has no passphrase",
                crypt_keyslot_context_get_type(&kc));
}

}  // namespace latchkey::capi

using namespace latchkey::capi;

void crypt_keyslot_context_free(crypt_keyslot_context* kc) {
    delete kc;
}

int crypt_keyslot_context_get_error(crypt_keyslot_context* kc) {
    return kc == nullptr ? -EINVAL : kc->error;
}

int crypt_keyslot_context_get_type(const crypt_keyslot_context* kc) {
    return kc == nullptr ? -EINVAL : kTypes[kc->source.index()];
}

int crypt_keyslot_context_init_by_passphrase(crypt_device* cd, const char* passphrase,
                                             size_t passphrase_size, crypt_keyslot_context** kc) {
    if (kc == nullptr || passphrase == nullptr) return -EINVAL;
    return guarded(cd, [&]() -> latchkey::Result<int> {
        LK_ASSIGN(latchkey::SecretBuffer bytes, secret_of(passphrase, passphrase_size));
        return init(kc, PassphraseSource{std::move(bytes)});
    });
}

int crypt_keyslot_context_init_by_keyfile(crypt_device* cd, const char* keyfile,
                                          size_t keyfile_size, uint64_t keyfile_offset,
                                          crypt_keyslot_context** kc) {
    if (kc == nullptr || keyfile == nullptr) return -EINVAL;
    return guarded(cd, [&] {
        return init(kc,
                    KeyfileSource{.path = keyfile, .offset = keyfile_offset, .size = keyfile_size});
    });
}

int crypt_keyslot_context_init_by_token(crypt_device* cd, int token, const char* type,
                                        const char* pin, size_t pin_size, void* usrptr,
                                        crypt_keyslot_context** kc) {
    if (kc == nullptr || (token < 0 && token != CRYPT_ANY_TOKEN)) return -EINVAL;
    return guarded(cd, [&]() -> latchkey::Result<int> {
        TokenSource source{.token = token, .user = usrptr};
        if (type != nullptr) source.type = type;
        if (pin != nullptr) {
            LK_ASSIGN(source.pin, secret_of(pin, pin_size));
        }
        return init(kc, std::move(source));
    });
}

int crypt_keyslot_context_init_by_volume_key(crypt_device* cd, const char* volume_key,
                                             size_t volume_key_size, crypt_keyslot_context** kc) {
    if (kc == nullptr) return -EINVAL;
    return guarded(cd, [&]() -> latchkey::Result<int> {
        VolumeKeySource source{.bytes = {}, .key_bytes = volume_key_size};
        if (volume_key != nullptr) {
            LK_ASSIGN(source.bytes, secret_of(volume_key, volume_key_size));
        }
        return init(kc, std::move(source));
    });
}

int crypt_keyslot_context_init_by_keyring(crypt_device* cd, const char* key_description,
                                          crypt_keyslot_context** kc) {
    if (kc == nullptr || key_description == nullptr) return -EINVAL;
    return guarded(cd, [&] { return init(kc, KeyringSource{key_description}); });
}

int crypt_keyslot_context_init_by_vk_in_keyring(crypt_device* cd, const char* key_description,
                                                crypt_keyslot_context** kc) {
    if (kc == nullptr || key_description == nullptr) return -EINVAL;
    return guarded(cd, [&] { return init(kc, KeyringVolumeKeySource{key_description}); });
}

int crypt_keyslot_context_set_pin(crypt_device* cd, const char* pin, size_t pin_size,
                                  crypt_keyslot_context* kc) {
    if (kc == nullptr) return -EINVAL;
    return guarded(cd, [&]() -> latchkey::Result<int> {
        auto* token = std::get_if<TokenSource>(&kc->source);
        if (token == nullptr) return silent(EINVAL);
        token->pin.reset();
        if (pin != nullptr) {
            LK_ASSIGN(token->pin, secret_of(pin, pin_size));
        }
        kc->error = 0;
        return 0;
    });
}
