// SPDX-License-Identifier: LGPL-2.1-or-later
// Reports which keyslots exist and their properties.
#include "base/i18n.h"
#include "capi/guard.h"
#include "capi/pbkdf.h"

using namespace latchkey::capi;

int crypt_keyslot_max(const char* type) {
    if (type == nullptr) return -EINVAL;
    return guarded_or(nullptr, -EINVAL, [&] { return latchkey::Volume::max_keyslots(type); });
}

crypt_keyslot_info crypt_keyslot_status(crypt_device* cd, int keyslot) {
    if (cd == nullptr || luks_of(*cd) == nullptr) return CRYPT_SLOT_INVALID;
    return guarded_or(cd, CRYPT_SLOT_INVALID, [&] { return luks_of(*cd)->status_of(keyslot); });
}

crypt_keyslot_priority crypt_keyslot_get_priority(crypt_device* cd, int keyslot) {
    if (cd == nullptr || luks_of(*cd) == nullptr) return CRYPT_SLOT_PRIORITY_INVALID;
    return guarded_or(cd, CRYPT_SLOT_PRIORITY_INVALID, [&] {
        const LuksFacet& luks = *luks_of(*cd);
        return luks.has_number(keyslot) ? luks.priority_of(keyslot) : CRYPT_SLOT_PRIORITY_INVALID;
    });
}

int crypt_keyslot_area(crypt_device* cd, int keyslot, uint64_t* offset, uint64_t* length) {
    return guarded_with(cd, [&](crypt_device& self) -> latchkey::Result<int> {
        if (offset == nullptr || length == nullptr) return silent(EINVAL);
        const LuksFacet* luks = luks_of(self);
        if (luks == nullptr || !luks->has_number(keyslot)) return silent(EINVAL);
        const auto area = luks->volume().keyslot_area(keyslot);
        if (!area) return silent(ENOENT);
        *offset = area->offset;
        *length = area->size;
        return 0;
    });
}

int crypt_keyslot_get_key_size(crypt_device* cd, int keyslot) {
    return guarded_with(cd, [&](crypt_device& self) -> latchkey::Result<int> {
        const LuksFacet* luks = luks_of(self);
        if (luks == nullptr || !luks->has_number(keyslot)) return silent(EINVAL);
        return luks->key_bytes_of(keyslot);
    });
}

const char* crypt_keyslot_get_encryption(crypt_device* cd, int keyslot, size_t* key_size) {
    if (cd == nullptr || key_size == nullptr) return nullptr;
    return guarded_or(cd, static_cast<const char*>(nullptr), [&]() -> const char* {
        const LuksFacet* luks = luks_of(*cd);
        if (luks == nullptr) return nullptr;
        if (keyslot == CRYPT_ANY_SLOT) {
            const AreaCipher cipher = default_area_cipher(*cd);
            *key_size = cipher.key_bytes;
            return hand_out(*cd, "area cipher", cipher.cipher);
        }
        const auto slot = luks->keyslot(keyslot);
        if (!slot) return nullptr;
        *key_size = slot->area_key_bytes;
        return hand_out(*cd, "area cipher", slot->area_cipher);
    });
}

int crypt_keyslot_get_pbkdf(crypt_device* cd, int keyslot, struct crypt_pbkdf_type* pbkdf) {
    return guarded_with(cd, [&](crypt_device& self) -> latchkey::Result<int> {
        const LuksFacet* luks = luks_of(self);
        if (pbkdf == nullptr || keyslot == CRYPT_ANY_SLOT || luks == nullptr) return silent(EINVAL);
        const auto slot = luks->keyslot(keyslot);
        if (!slot) return silent(luks->errno_without_kdf());
        *pbkdf = {};
        pbkdf->type = hand_out(self, "slot kdf", slot->kdf_type);
        pbkdf->hash =
            hand_out(self, "slot hash", slot->kdf_hash.empty() ? slot->af_hash : slot->kdf_hash);
        pbkdf->iterations = static_cast<std::uint32_t>(slot->kdf_iterations);
        pbkdf->max_memory_kb = static_cast<std::uint32_t>(slot->kdf_memory_kib);
        pbkdf->parallel_threads = slot->kdf_lanes;
        return 0;
    });
}
