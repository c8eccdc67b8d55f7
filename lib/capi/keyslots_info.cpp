// SPDX-License-Identifier: LGPL-2.1-or-later
// Reports which keyslots exist and their properties.
#include <algorithm>

#include "base/i18n.h"
#include "capi/guard.h"
#include "capi/pbkdf.h"
#include "latchkey/sectors.h"
#include "luks1/layout.h"
#include "luks1/store.h"

using namespace latchkey::capi;
using latchkey::kSectorSize;

namespace latchkey::capi {
namespace {

bool in_range(const crypt_device& cd, int number) {
    const auto limit = Volume::max_keyslots(cd.type);
    return limit && number >= 0 && number < *limit;
}

std::optional<KeyslotInfo> find_slot(const crypt_device& cd, int number) {
    if (!cd.volume) return {};
    for (KeyslotInfo& slot : cd.volume->keyslots())
        if (slot.number == number) return std::move(slot);
    return {};
}

int count_bound(const crypt_device& cd) {
    const auto slots = cd.volume->keyslots();
    return static_cast<int>(
        std::ranges::count_if(slots, [](const KeyslotInfo& slot) { return !slot.unbound; }));
}

crypt_keyslot_info status_of(const crypt_device& cd, int number) {
    if (!in_range(cd, number)) return CRYPT_SLOT_INVALID;
    const auto slot = find_slot(cd, number);
    if (!slot) return CRYPT_SLOT_INACTIVE;
    if (is_luks1(cd) && !slot->usable) return CRYPT_SLOT_INVALID;
    if (slot->unbound) return CRYPT_SLOT_UNBOUND;
    return count_bound(cd) == 1 ? CRYPT_SLOT_ACTIVE_LAST : CRYPT_SLOT_ACTIVE;
}

}  // namespace
}  // namespace latchkey::capi

int crypt_keyslot_max(const char* type) {
    if (type == nullptr) return -EINVAL;
    return guarded_or(nullptr, -EINVAL, [&] { return latchkey::Volume::max_keyslots(type); });
}

crypt_keyslot_info crypt_keyslot_status(crypt_device* cd, int keyslot) {
    if (cd == nullptr || !is_luks(*cd) || !cd->volume) return CRYPT_SLOT_INVALID;
    return guarded_or(cd, CRYPT_SLOT_INVALID, [&] { return status_of(*cd, keyslot); });
}

crypt_keyslot_priority crypt_keyslot_get_priority(crypt_device* cd, int keyslot) {
    if (cd == nullptr || !is_luks(*cd) || !cd->volume) return CRYPT_SLOT_PRIORITY_INVALID;
    return guarded_or(cd, CRYPT_SLOT_PRIORITY_INVALID, [&] {
        if (!in_range(*cd, keyslot)) return CRYPT_SLOT_PRIORITY_INVALID;
        if (is_luks1(*cd)) return CRYPT_SLOT_PRIORITY_NORMAL;  // LUKS1 has no other
        const auto slot = find_slot(*cd, keyslot);
        if (!slot) return CRYPT_SLOT_PRIORITY_INVALID;
        return static_cast<crypt_keyslot_priority>(slot->priority);
    });
}

int crypt_keyslot_area(crypt_device* cd, int keyslot, uint64_t* offset, uint64_t* length) {
    return guarded_with(cd, [&](crypt_device& self) -> latchkey::Result<int> {
        if (offset == nullptr || length == nullptr) return silent(EINVAL);
        if (!is_luks(self) || !self.volume || !in_range(self, keyslot)) return silent(EINVAL);
        if (is_luks1(self)) {
            // LUKS1 areas have fixed places, used or not.
            LK_ASSIGN(const auto stored, latchkey::luks1::read_header(*self.volume->device().io()));
            *offset = stored.header.keyslot(keyslot).area_offset_sectors * kSectorSize;
            *length = stored.header.area_bytes();
            return 0;
        }
        const auto slot = find_slot(self, keyslot);
        if (!slot) return silent(ENOENT);
        *offset = slot->area_offset;
        *length = slot->area_size;
        return 0;
    });
}

int crypt_keyslot_get_key_size(crypt_device* cd, int keyslot) {
    return guarded_with(cd, [&](crypt_device& self) -> latchkey::Result<int> {
        if (!is_luks(self) || !in_range(self, keyslot)) return silent(EINVAL);
        const auto slot = find_slot(self, keyslot);
        if (!slot && is_luks1(self)) return crypt_get_volume_key_size(&self);
        if (!slot) return silent(ENOENT);
        return static_cast<int>(slot->key_bytes);
    });
}

const char* crypt_keyslot_get_encryption(crypt_device* cd, int keyslot, size_t* key_size) {
    if (cd == nullptr || key_size == nullptr) return nullptr;
    return guarded_or(cd, static_cast<const char*>(nullptr), [&]() -> const char* {
        if (!is_luks(*cd) || !cd->volume) return nullptr;
        if (keyslot == CRYPT_ANY_SLOT) {
            const AreaCipher cipher = default_area_cipher(*cd);
            *key_size = cipher.key_bytes;
            return hand_out(*cd, "area cipher", cipher.cipher);
        }
        const auto slot = find_slot(*cd, keyslot);
        if (!slot) return nullptr;
        *key_size = slot->area_key_bytes;
        return hand_out(*cd, "area cipher", slot->area_cipher);
    });
}

int crypt_keyslot_get_pbkdf(crypt_device* cd, int keyslot, struct crypt_pbkdf_type* pbkdf) {
    return guarded_with(cd, [&](crypt_device& self) -> latchkey::Result<int> {
        if (pbkdf == nullptr || keyslot == CRYPT_ANY_SLOT || !is_luks(self)) return silent(EINVAL);
        const auto slot = find_slot(self, keyslot);
        if (!slot) return silent(is_luks1(self) ? EINVAL : ENOENT);
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
