// SPDX-License-Identifier: LGPL-2.1-or-later
// Settings made before a volume is formatted: randomness, cost of keyslots, sizes, locking.
#include <algorithm>
#include <array>
#include <bit>
#include <limits>
#include <string_view>

#include "base/i18n.h"
#include "capi/guard.h"
#include "latchkey/params.h"

using namespace latchkey::capi;

void crypt_set_rng_type(crypt_device* cd, int rng_type) {
    if (cd == nullptr) return;
    if (rng_type == CRYPT_RNG_URANDOM || rng_type == CRYPT_RNG_RANDOM) cd->rng_type = rng_type;
}

int crypt_get_rng_type(crypt_device* cd) {
    return cd == nullptr ? -EINVAL : cd->rng_type;
}

int crypt_memory_lock(crypt_device*, int) {
    return 0;  // secrets are on locked pages anyway
}

int crypt_metadata_locking(crypt_device*, int enable) {
    if (enable != 0) return process::metadata_locks() ? 0 : -EPERM;
    process::disable_metadata_locks();
    return 0;
}

int crypt_volume_key_keyring(crypt_device*, int enable) {
    process::set_key_in_keyring(enable != 0);
    return 0;
}

void crypt_set_compatibility(crypt_device* cd, uint32_t flags) {
    if (cd != nullptr) cd->compatibility = flags;
}

uint32_t crypt_get_compatibility(crypt_device* cd) {
    return cd == nullptr ? 0 : cd->compatibility;
}

int crypt_set_metadata_size(crypt_device* cd, uint64_t metadata_size, uint64_t keyslots_size) {
    if (cd == nullptr) return -EINVAL;
    if (!type_of(*cd).empty() && luks2_of(*cd) == nullptr) return -EINVAL;
    if (metadata_size != 0 &&
        (metadata_size < latchkey::kMinMetadataSize || metadata_size > latchkey::kMaxMetadataSize ||
         !std::has_single_bit(metadata_size)))
        return -EINVAL;
    if (keyslots_size > latchkey::kMaxKeyslotsSize ||
        keyslots_size % latchkey::kKeyslotsSizeUnit != 0)
        return -EINVAL;
    cd->metadata_bytes = metadata_size;
    cd->keyslots_bytes = keyslots_size;
    return 0;
}

int crypt_get_metadata_size(crypt_device* cd, uint64_t* metadata_size, uint64_t* keyslots_size) {
    return guarded_with(cd, [&](crypt_device& self) -> latchkey::Result<int> {
        std::uint64_t metadata = self.metadata_bytes;
        std::uint64_t keyslots = self.keyslots_bytes;
        if (!type_of(self).empty()) {
            const LuksFacet* luks = luks_of(self);
            if (luks == nullptr) return silent(EINVAL);
            const latchkey::VolumeInfo info = luks->volume().info();
            metadata = info.metadata_size;
            keyslots = info.keyslots_size;
        }
        if (metadata_size != nullptr) *metadata_size = metadata;
        if (keyslots_size != nullptr) *keyslots_size = keyslots;
        return 0;
    });
}
