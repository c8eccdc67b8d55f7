// SPDX-License-Identifier: LGPL-2.1-or-later
// crypt_activate_by_*: the calls for each kind of secret.
#include "capi/activation.h"
#include "capi/guard.h"

using namespace latchkey::capi;
using latchkey::Result;

namespace {

constexpr int kMaxToken = 31;

}  // namespace

int crypt_activate_by_passphrase(crypt_device* cd, const char* name, int keyslot,
                                 const char* passphrase, size_t passphrase_size, uint32_t flags) {
    return guarded_with(cd, [&](crypt_device& self) -> Result<int> {
        if (passphrase == nullptr) return silent(EINVAL);
        LK_ASSIGN(crypt_keyslot_context kc, by_passphrase(passphrase, passphrase_size));
        return activate(self, name, keyslot, kc, flags);
    });
}

int crypt_activate_by_keyfile_device_offset(crypt_device* cd, const char* name, int keyslot,
                                            const char* keyfile, size_t keyfile_size,
                                            uint64_t keyfile_offset, uint32_t flags) {
    return guarded_with(cd, [&](crypt_device& self) -> latchkey::Result<int> {
        if (keyfile == nullptr) return silent(EINVAL);
        crypt_keyslot_context kc = by_keyfile(keyfile, keyfile_offset, keyfile_size);
        return activate(self, name, keyslot, kc, flags);
    });
}

int crypt_activate_by_keyfile_offset(crypt_device* cd, const char* name, int keyslot,
                                     const char* keyfile, size_t keyfile_size,
                                     size_t keyfile_offset, uint32_t flags) {
    return crypt_activate_by_keyfile_device_offset(cd, name, keyslot, keyfile, keyfile_size,
                                                   keyfile_offset, flags);
}

int crypt_activate_by_keyfile(crypt_device* cd, const char* name, int keyslot, const char* keyfile,
                              size_t keyfile_size, uint32_t flags) {
    return crypt_activate_by_keyfile_device_offset(cd, name, keyslot, keyfile, keyfile_size, 0,
                                                   flags);
}

int crypt_activate_by_volume_key(crypt_device* cd, const char* name, const char* volume_key,
                                 size_t volume_key_size, uint32_t flags) {
    return guarded_with(cd, [&](crypt_device& self) -> Result<int> {
        LK_ASSIGN(crypt_keyslot_context kc, by_volume_key(volume_key, volume_key_size));
        return activate(self, name, CRYPT_ANY_SLOT, kc, flags);
    });
}

int crypt_activate_by_keyring(crypt_device* cd, const char* name, const char* key_description,
                              int keyslot, uint32_t flags) {
    return guarded_with(cd, [&](crypt_device& self) -> latchkey::Result<int> {
        if (key_description == nullptr) return silent(EINVAL);
        if (self.facet != nullptr && !self.facet->opens_from_keyring()) return silent(EINVAL);
        crypt_keyslot_context kc = by_keyring(key_description);
        return activate(self, name, keyslot, kc, flags);
    });
}

int crypt_activate_by_token_pin(crypt_device* cd, const char* name, const char* type, int token,
                                const char* pin, size_t pin_size, void* usrptr, uint32_t flags) {
    return guarded_with(cd, [&](crypt_device& self) -> Result<int> {
        if (token < CRYPT_ANY_TOKEN || token > kMaxToken) return silent(EINVAL);
        LK_ASSIGN(crypt_keyslot_context kc, by_token(token, type, pin, pin_size, usrptr));
        return activate(self, name, CRYPT_ANY_SLOT, kc, flags);
    });
}

int crypt_activate_by_token(crypt_device* cd, const char* name, int token, void* usrptr,
                            uint32_t flags) {
    return crypt_activate_by_token_pin(cd, name, nullptr, token, nullptr, 0, usrptr, flags);
}

// The second context is for volumes in reencryption, which this call does not map.
int crypt_activate_by_keyslot_context(crypt_device* cd, const char* name, int keyslot,
                                      crypt_keyslot_context* kc, int additional_keyslot,
                                      crypt_keyslot_context* additional_kc, uint32_t flags) {
    (void)additional_keyslot;
    (void)additional_kc;
    return guarded_with(cd, [&](crypt_device& self) -> latchkey::Result<int> {
        if (kc == nullptr) return silent(EINVAL);
        return activate(self, name, keyslot, *kc, flags);
    });
}
