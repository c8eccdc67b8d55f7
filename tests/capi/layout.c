// SPDX-License-Identifier: GPL-2.0-or-later
// The numbers that programs were compiled with: a change here breaks them silently.
#include <libcryptsetup.h>

#define SIZE(type, bytes) _Static_assert(sizeof(type) == (bytes), #type)
#define AT(type, member, offset) \
    _Static_assert(offsetof(type, member) == (offset), #type "." #member)

SIZE(struct crypt_pbkdf_type, 40);
AT(struct crypt_pbkdf_type, hash, 8);
AT(struct crypt_pbkdf_type, time_ms, 16);
AT(struct crypt_pbkdf_type, iterations, 20);
AT(struct crypt_pbkdf_type, max_memory_kb, 24);
AT(struct crypt_pbkdf_type, parallel_threads, 28);
AT(struct crypt_pbkdf_type, flags, 32);
SIZE(struct crypt_params_plain, 40);
AT(struct crypt_params_plain, offset, 8);
AT(struct crypt_params_plain, skip, 16);
AT(struct crypt_params_plain, size, 24);
AT(struct crypt_params_plain, sector_size, 32);
SIZE(struct crypt_params_luks1, 24);
AT(struct crypt_params_luks1, data_alignment, 8);
AT(struct crypt_params_luks1, data_device, 16);
SIZE(struct crypt_params_loopaes, 24);
SIZE(struct crypt_params_verity, 88);
AT(struct crypt_params_verity, salt_size, 40);
AT(struct crypt_params_verity, data_size, 56);
AT(struct crypt_params_verity, flags, 84);
SIZE(struct crypt_params_tcrypt, 72);
AT(struct crypt_params_tcrypt, keyfiles, 16);
AT(struct crypt_params_tcrypt, hash_name, 32);
AT(struct crypt_params_tcrypt, veracrypt_pim, 68);
SIZE(struct crypt_params_integrity, 96);
AT(struct crypt_params_integrity, integrity, 32);
AT(struct crypt_params_integrity, journal_crypt_key_size, 88);
SIZE(struct crypt_params_luks2, 64);
AT(struct crypt_params_luks2, integrity, 8);
AT(struct crypt_params_luks2, integrity_params, 16);
AT(struct crypt_params_luks2, data_alignment, 24);
AT(struct crypt_params_luks2, data_device, 32);
AT(struct crypt_params_luks2, sector_size, 40);
AT(struct crypt_params_luks2, label, 48);
AT(struct crypt_params_luks2, subsystem, 56);
SIZE(struct crypt_params_hw_opal, 24);
SIZE(struct crypt_active_device, 32);
AT(struct crypt_active_device, iv_offset, 8);
AT(struct crypt_active_device, size, 16);
AT(struct crypt_active_device, flags, 24);
SIZE(struct crypt_token_params_luks2_keyring, 8);
SIZE(crypt_token_handler, 40);
AT(crypt_token_handler, dump, 32);
SIZE(struct crypt_params_reencrypt, 64);
AT(struct crypt_params_reencrypt, direction, 4);
AT(struct crypt_params_reencrypt, data_shift, 24);
AT(struct crypt_params_reencrypt, luks2, 48);
AT(struct crypt_params_reencrypt, flags, 56);

_Static_assert(CRYPT_LOG_DEBUG_JSON == -2 && CRYPT_LOG_ERROR == 1, "levels");
_Static_assert(CRYPT_ACTIVATE_KEYRING_KEY == 0x800 && CRYPT_ACTIVATE_ALLOW_DISCARDS == 8,
               "activation");
_Static_assert(CRYPT_ACTIVATE_SERIALIZE_MEMORY_HARD_PBKDF == 0x80000, "activation");
_Static_assert(CRYPT_ACTIVATE_HIGH_PRIORITY == 0x10000000 && CRYPT_ACTIVATE_READONLY == 1,
               "activation");
_Static_assert(CRYPT_SLOT_UNBOUND == 4 && CRYPT_SLOT_ACTIVE_LAST == 3 && CRYPT_SLOT_INVALID == 0,
               "keyslots");
_Static_assert(CRYPT_TOKEN_EXTERNAL_UNKNOWN == 5 && CRYPT_TOKEN_INTERNAL == 2, "tokens");
_Static_assert(CRYPT_BUSY == 3 && CRYPT_ACTIVE == 2 && CRYPT_INACTIVE == 1, "status");
_Static_assert(CRYPT_VOLUME_KEY_DIGEST_REUSE == 4 && CRYPT_VOLUME_KEY_SET == 2, "volume keys");
_Static_assert(CRYPT_REQUIREMENT_UNKNOWN == 0x80000000U, "requirements");
_Static_assert(sizeof(crypt_keyslot_info) == sizeof(int) &&
                   sizeof(crypt_wipe_pattern) == sizeof(int),
               "enums");

int main(void) {
    return 0;
}
