// SPDX-License-Identifier: LGPL-2.1-or-later
// Gives the volume key to callers.
#include <algorithm>

#include "base/i18n.h"
#include "capi/guard.h"
#include "capi/keyslot_context.h"
#include "capi/opening.h"
#include "latchkey/peer.h"

using namespace latchkey::capi;
using latchkey::Errc;
using latchkey::Result;
using latchkey::VolumeKey;

namespace {

// Returns the size of the key in that keyslot, or of the volume's key.  The caller's buffer is checked before time is
// spent on a KDF.
std::size_t key_bytes_of(crypt_device& cd, int keyslot) {
    const LuksFacet* luks = luks_of(cd);
    if (luks != nullptr && keyslot != CRYPT_ANY_SLOT)
        if (const auto slot = luks->keyslot(keyslot); slot && slot->unbound) return slot->key_bytes;
    return static_cast<std::size_t>(crypt_get_volume_key_size(&cd));
}

int copy_key(std::span<const std::byte> key, char* into, size_t* size) {
    std::ranges::copy(key, reinterpret_cast<std::byte*>(into));
    *size = key.size();
    return 0;
}

// `open` returns the key and the keyslot that it came from.
template <typename Open>
Result<int> get(crypt_device& cd, int keyslot, char* into, size_t* size, Open open) {
    if (key_bytes_of(cd, keyslot) > *size) {
        return error_saying(ENOMEM, "Volume key buffer too small.");
    }
    auto opened = open();
    if (!opened) return std::move(opened).error();
    if (opened->key.size() > *size) {
        return error_saying(ENOMEM, "Volume key buffer too small.");
    }
    copy_key(opened->key.bytes(), into, size);
    return opened->keyslot < 0 ? 0 : opened->keyslot;
}

Result<latchkey::UnlockedVolume> held_key(crypt_device& cd) {
    if (!cd.key) return latchkey::fail(Errc::NoUsableKeyslot, "no volume key is in the context");
    return latchkey::UnlockedVolume{.key = cd.key->copy()};
}

}  // namespace

int crypt_volume_key_get(crypt_device* cd, int keyslot, char* volume_key, size_t* volume_key_size,
                         const char* passphrase, size_t passphrase_size) {
    if (volume_key == nullptr || volume_key_size == nullptr || passphrase == nullptr)
        return -EINVAL;
    return guarded_with(cd, [&](crypt_device& self) -> Result<int> {
        if (type_of(self).empty()) {
            return error_saying(EINVAL, "This operation is not supported for %s crypt device.",
                                "(none)");
        }
        const LuksFacet* luks2 = luks2_of(self);
        if (luks2 != nullptr && keyslot != CRYPT_ANY_SLOT &&
            luks2->status_of(keyslot) <= CRYPT_SLOT_INACTIVE)
            return silent(EINVAL);
        return get(self, keyslot, volume_key, volume_key_size,
                   [&]() -> Result<latchkey::UnlockedVolume> {
                       LK_ASSIGN(const latchkey::Passphrase secret,
                                 passphrase_of(passphrase, passphrase_size));
                       return self.facet->key_by_passphrase(self, keyslot, secret);
                   });
    });
}

int crypt_volume_key_get_by_keyslot_context(crypt_device* cd, int keyslot, char* volume_key,
                                            size_t* volume_key_size, crypt_keyslot_context* kc) {
    if (volume_key == nullptr || volume_key_size == nullptr) return -EINVAL;
    // A caller that has the key does not need to ask for it.
    if (kc != nullptr && kc->type == CRYPT_KC_TYPE_KEY) return -EINVAL;
    return guarded_with(cd, [&](crypt_device& self) -> Result<int> {
        return get(self, keyslot, volume_key, volume_key_size,
                   [&]() -> Result<latchkey::UnlockedVolume> {
                       if (kc == nullptr) return held_key(self);
                       if (self.facet != nullptr)
                           return self.facet->key_by_context(self, keyslot, *kc);
                       return open_by_context(self, keyslot, *kc, AnyKeyslot::WithUnbound);
                   });
    });
}

int crypt_volume_key_verify(crypt_device* cd, const char* volume_key, size_t volume_key_size) {
    return guarded_with(cd, [&](crypt_device& self) -> Result<int> {
        LK_ASSIGN(const latchkey::Volume* volume, loaded_volume(self));
        if (volume_key == nullptr) return silent(EPERM);
        LK_ASSIGN(latchkey::SecretBuffer bytes, secret_of(volume_key, volume_key_size));
        auto key = volume->verify(self.context, latchkey::CandidateKey(std::move(bytes)));
        // "No match" is a result, not an error to log.
        if (!key && key.error().code == Errc::WrongPassphrase)
            return std::move(key).error().silently();
        if (!key) return std::move(key).error();
        return 0;
    });
}
