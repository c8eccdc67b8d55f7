/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The C interface of libcryptsetup.so.12, up to its release 2.8; docs/c-api.md says what each call does here. 
   Programs were compiled with the numbers and layouts below, so they never change.  Errors are negative errno
   values. A sector has 512 bytes, whatever the sector size of the device. */
#ifndef LATCHKEY_LIBCRYPTSETUP_H
#define LATCHKEY_LIBCRYPTSETUP_H

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

struct crypt_device;
struct crypt_keyslot_context;

/* Log level */
#define CRYPT_LOG_NORMAL 0
#define CRYPT_LOG_ERROR 1
#define CRYPT_LOG_VERBOSE 2
#define CRYPT_LOG_DEBUG (-1)
#define CRYPT_LOG_DEBUG_JSON (-2)

/* Debug level */
#define CRYPT_DEBUG_ALL (-1)
#define CRYPT_DEBUG_JSON (-2)
#define CRYPT_DEBUG_NONE 0

/* RNG */
#define CRYPT_RNG_URANDOM 0
#define CRYPT_RNG_RANDOM 1

/* Type strings */
#define CRYPT_PLAIN "PLAIN"
#define CRYPT_LUKS1 "LUKS1"
#define CRYPT_LUKS2 "LUKS2"
#define CRYPT_LOOPAES "LOOPAES"
#define CRYPT_VERITY "VERITY"
#define CRYPT_TCRYPT "TCRYPT"
#define CRYPT_INTEGRITY "INTEGRITY"
#define CRYPT_BITLK "BITLK"
#define CRYPT_FVAULT2 "FVAULT2"
#define CRYPT_LUKS NULL

/* PBKDF names and flags */
#define CRYPT_PBKDF_ITER_TIME_SET (UINT32_C(1) << 0)
#define CRYPT_PBKDF_NO_BENCHMARK (UINT32_C(1) << 1)
#define CRYPT_KDF_PBKDF2 "pbkdf2"
#define CRYPT_KDF_ARGON2I "argon2i"
#define CRYPT_KDF_ARGON2ID "argon2id"

/* Any slot / token */
#define CRYPT_ANY_SLOT (-1)
#define CRYPT_ANY_TOKEN (-1)

/* Verity flags */
#define CRYPT_VERITY_NO_HEADER (UINT32_C(1) << 0)
#define CRYPT_VERITY_CHECK_HASH (UINT32_C(1) << 1)
#define CRYPT_VERITY_CREATE_HASH (UINT32_C(1) << 2)
#define CRYPT_VERITY_ROOT_HASH_SIGNATURE (UINT32_C(1) << 3)

/* TCRYPT flags */
#define CRYPT_TCRYPT_LEGACY_MODES (UINT32_C(1) << 0)
#define CRYPT_TCRYPT_HIDDEN_HEADER (UINT32_C(1) << 1)
#define CRYPT_TCRYPT_BACKUP_HEADER (UINT32_C(1) << 2)
#define CRYPT_TCRYPT_SYSTEM_HEADER (UINT32_C(1) << 3)
#define CRYPT_TCRYPT_VERA_MODES (UINT32_C(1) << 4)

/* Compatibility flags */
#define CRYPT_COMPAT_LEGACY_INTEGRITY_PADDING (UINT32_C(1) << 0)
#define CRYPT_COMPAT_LEGACY_INTEGRITY_HMAC (UINT32_C(1) << 1)
#define CRYPT_COMPAT_LEGACY_INTEGRITY_RECALC (UINT32_C(1) << 2)
#define CRYPT_COMPAT_LEGACY_INTEGRITY_DISCARD (UINT32_C(1) << 3)

/* HW encryption type */
#define CRYPT_SW_ONLY 0
#define CRYPT_OPAL_HW_ONLY 1
#define CRYPT_SW_AND_OPAL_HW 2

/* Volume key flags */
#define CRYPT_VOLUME_KEY_NO_SEGMENT (UINT32_C(1) << 0)
#define CRYPT_VOLUME_KEY_SET (UINT32_C(1) << 1)
#define CRYPT_VOLUME_KEY_DIGEST_REUSE (UINT32_C(1) << 2)

/* Keyslot context type */
#define CRYPT_KC_TYPE_PASSPHRASE 1
#define CRYPT_KC_TYPE_KEYFILE 2
#define CRYPT_KC_TYPE_TOKEN 3
#define CRYPT_KC_TYPE_KEY 4
#define CRYPT_KC_TYPE_KEYRING 5
#define CRYPT_KC_TYPE_VK_KEYRING 6
#define CRYPT_KC_TYPE_SIGNED_KEY 7

/* Activation flags */
#define CRYPT_ACTIVATE_READONLY (UINT32_C(1) << 0)
#define CRYPT_ACTIVATE_NO_UUID (UINT32_C(1) << 1)
#define CRYPT_ACTIVATE_SHARED (UINT32_C(1) << 2)
#define CRYPT_ACTIVATE_ALLOW_DISCARDS (UINT32_C(1) << 3)
#define CRYPT_ACTIVATE_PRIVATE (UINT32_C(1) << 4)
#define CRYPT_ACTIVATE_CORRUPTED (UINT32_C(1) << 5)
#define CRYPT_ACTIVATE_SAME_CPU_CRYPT (UINT32_C(1) << 6)
#define CRYPT_ACTIVATE_SUBMIT_FROM_CRYPT_CPUS (UINT32_C(1) << 7)
#define CRYPT_ACTIVATE_IGNORE_CORRUPTION (UINT32_C(1) << 8)
#define CRYPT_ACTIVATE_RESTART_ON_CORRUPTION (UINT32_C(1) << 9)
#define CRYPT_ACTIVATE_IGNORE_ZERO_BLOCKS (UINT32_C(1) << 10)
#define CRYPT_ACTIVATE_KEYRING_KEY (UINT32_C(1) << 11)
#define CRYPT_ACTIVATE_NO_JOURNAL (UINT32_C(1) << 12)
#define CRYPT_ACTIVATE_RECOVERY (UINT32_C(1) << 13)
#define CRYPT_ACTIVATE_IGNORE_PERSISTENT (UINT32_C(1) << 14)
#define CRYPT_ACTIVATE_CHECK_AT_MOST_ONCE (UINT32_C(1) << 15)
#define CRYPT_ACTIVATE_ALLOW_UNBOUND_KEY (UINT32_C(1) << 16)
#define CRYPT_ACTIVATE_RECALCULATE (UINT32_C(1) << 17)
#define CRYPT_ACTIVATE_REFRESH (UINT32_C(1) << 18)
#define CRYPT_ACTIVATE_SERIALIZE_MEMORY_HARD_PBKDF (UINT32_C(1) << 19)
#define CRYPT_ACTIVATE_NO_JOURNAL_BITMAP (UINT32_C(1) << 20)
#define CRYPT_ACTIVATE_SUSPENDED (UINT32_C(1) << 21)
#define CRYPT_ACTIVATE_IV_LARGE_SECTORS (UINT32_C(1) << 22)
#define CRYPT_ACTIVATE_PANIC_ON_CORRUPTION (UINT32_C(1) << 23)
#define CRYPT_ACTIVATE_NO_READ_WORKQUEUE (UINT32_C(1) << 24)
#define CRYPT_ACTIVATE_NO_WRITE_WORKQUEUE (UINT32_C(1) << 25)
#define CRYPT_ACTIVATE_RECALCULATE_RESET (UINT32_C(1) << 26)
#define CRYPT_ACTIVATE_TASKLETS (UINT32_C(1) << 27)
#define CRYPT_ACTIVATE_HIGH_PRIORITY (UINT32_C(1) << 28)
#define CRYPT_ACTIVATE_ERROR_AS_CORRUPTION (UINT32_C(1) << 29)
#define CRYPT_ACTIVATE_INLINE_MODE (UINT32_C(1) << 30)

/* Deactivation flags */
#define CRYPT_DEACTIVATE_DEFERRED (UINT32_C(1) << 0)
#define CRYPT_DEACTIVATE_FORCE (UINT32_C(1) << 1)
#define CRYPT_DEACTIVATE_DEFERRED_CANCEL (UINT32_C(1) << 2)

/* Requirement flags */
#define CRYPT_REQUIREMENT_OFFLINE_REENCRYPT (UINT32_C(1) << 0)
#define CRYPT_REQUIREMENT_ONLINE_REENCRYPT (UINT32_C(1) << 1)
#define CRYPT_REQUIREMENT_OPAL (UINT32_C(1) << 2)
#define CRYPT_REQUIREMENT_INLINE_HW_TAGS (UINT32_C(1) << 3)
#define CRYPT_REQUIREMENT_UNKNOWN (UINT32_C(1) << 31)

/* Keyfile flags */
#define CRYPT_KEYFILE_STOP_EOL (UINT32_C(1) << 0)

/* Wipe flags */
#define CRYPT_WIPE_NO_DIRECT_IO (UINT32_C(1) << 0)

/* Token ABI strings */
#define CRYPT_TOKEN_ABI_VERSION1 "CRYPTSETUP_TOKEN_1.0"
#define CRYPT_TOKEN_ABI_OPEN "cryptsetup_token_open"
#define CRYPT_TOKEN_ABI_OPEN_PIN "cryptsetup_token_open_pin"
#define CRYPT_TOKEN_ABI_BUFFER_FREE "cryptsetup_token_buffer_free"
#define CRYPT_TOKEN_ABI_VALIDATE "cryptsetup_token_validate"
#define CRYPT_TOKEN_ABI_DUMP "cryptsetup_token_dump"
#define CRYPT_TOKEN_ABI_VERSION "cryptsetup_token_version"

/* Reencryption flags */
#define CRYPT_REENCRYPT_INITIALIZE_ONLY (UINT32_C(1) << 0)
#define CRYPT_REENCRYPT_MOVE_FIRST_SEGMENT (UINT32_C(1) << 1)
#define CRYPT_REENCRYPT_RESUME_ONLY (UINT32_C(1) << 2)
#define CRYPT_REENCRYPT_RECOVERY (UINT32_C(1) << 3)
#define CRYPT_REENCRYPT_REPAIR_NEEDED (UINT32_C(1) << 4)
#define CRYPT_REENCRYPT_CREATE_NEW_DIGEST (UINT32_C(1) << 5)

typedef enum {
    CRYPT_FLAGS_ACTIVATION = 0,
    CRYPT_FLAGS_REQUIREMENTS = 1
} crypt_flags_type;

typedef enum {
    CRYPT_INVALID = 0,
    CRYPT_INACTIVE = 1,
    CRYPT_ACTIVE = 2,
    CRYPT_BUSY = 3
} crypt_status_info;

typedef enum {
    CRYPT_SLOT_INVALID = 0,
    CRYPT_SLOT_INACTIVE = 1,
    CRYPT_SLOT_ACTIVE = 2,
    CRYPT_SLOT_ACTIVE_LAST = 3,
    CRYPT_SLOT_UNBOUND = 4
} crypt_keyslot_info;

typedef enum {
    CRYPT_SLOT_PRIORITY_INVALID = -1,
    CRYPT_SLOT_PRIORITY_IGNORE = 0,
    CRYPT_SLOT_PRIORITY_NORMAL = 1,
    CRYPT_SLOT_PRIORITY_PREFER = 2
} crypt_keyslot_priority;

typedef enum {
    CRYPT_WIPE_ZERO = 0,
    CRYPT_WIPE_RANDOM = 1,
    CRYPT_WIPE_ENCRYPTED_ZERO = 2,
    CRYPT_WIPE_SPECIAL = 3
} crypt_wipe_pattern;

/* Special values for the segment number of crypt_wipe() and others. */
enum {
    CRYPT_LUKS2_SEGMENT = -2,
    CRYPT_NO_SEGMENT = -1
};

typedef enum {
    CRYPT_TOKEN_INVALID = 0,
    CRYPT_TOKEN_INACTIVE = 1,
    CRYPT_TOKEN_INTERNAL = 2,
    CRYPT_TOKEN_INTERNAL_UNKNOWN = 3,
    CRYPT_TOKEN_EXTERNAL = 4,
    CRYPT_TOKEN_EXTERNAL_UNKNOWN = 5
} crypt_token_info;

typedef enum {
    CRYPT_REENCRYPT_FORWARD = 0,
    CRYPT_REENCRYPT_BACKWARD = 1
} crypt_reencrypt_direction_info;

typedef enum {
    CRYPT_REENCRYPT_REENCRYPT = 0,
    CRYPT_REENCRYPT_ENCRYPT = 1,
    CRYPT_REENCRYPT_DECRYPT = 2
} crypt_reencrypt_mode_info;

typedef enum {
    CRYPT_REENCRYPT_NONE = 0,
    CRYPT_REENCRYPT_CLEAN = 1,
    CRYPT_REENCRYPT_CRASH = 2,
    CRYPT_REENCRYPT_INVALID = 3
} crypt_reencrypt_info;

/* The functions of a token handler; each returns 0 or a negative errno.  -ENOANO: a PIN is needed, or it was
   wrong. */
typedef int (*crypt_token_open_func)(struct crypt_device *cd, int token, char **buffer, size_t *buffer_len,
                                     void *usrptr);
typedef int (*crypt_token_open_pin_func)(struct crypt_device *cd, int token, const char *pin, size_t pin_size,
                                         char **buffer, size_t *buffer_len, void *usrptr);
typedef void (*crypt_token_buffer_free_func)(void *buffer, size_t buffer_len);
typedef int (*crypt_token_validate_func)(struct crypt_device *cd, const char *json);
typedef void (*crypt_token_dump_func)(struct crypt_device *cd, const char *json);
typedef const char *(*crypt_token_version_func)(void);

struct crypt_pbkdf_type {
    const char *type;
    const char *hash;
    uint32_t time_ms;
    uint32_t iterations;
    uint32_t max_memory_kb;
    uint32_t parallel_threads;
    uint32_t flags;
};

struct crypt_params_plain {
    const char *hash;
    uint64_t offset;
    uint64_t skip;
    uint64_t size;
    uint32_t sector_size;
};

struct crypt_params_luks1 {
    const char *hash;
    size_t data_alignment;
    const char *data_device;
};

struct crypt_params_loopaes {
    const char *hash;
    uint64_t offset;
    uint64_t skip;
};

struct crypt_params_verity {
    const char *hash_name;
    const char *data_device;
    const char *hash_device;
    const char *fec_device;
    const char *salt;
    uint32_t salt_size;
    uint32_t hash_type;
    uint32_t data_block_size;
    uint32_t hash_block_size;
    uint64_t data_size;
    uint64_t hash_area_offset;
    uint64_t fec_area_offset;
    uint32_t fec_roots;
    uint32_t flags;
};

struct crypt_params_tcrypt {
    const char *passphrase;
    size_t passphrase_size;
    const char **keyfiles;
    unsigned int keyfiles_count;
    const char *hash_name;
    const char *cipher;
    const char *mode;
    size_t key_size;
    uint32_t flags;
    uint32_t veracrypt_pim;
};

struct crypt_params_integrity {
    uint64_t journal_size;
    unsigned int journal_watermark;
    unsigned int journal_commit_time;
    uint32_t interleave_sectors;
    uint32_t tag_size;
    uint32_t sector_size;
    uint32_t buffer_sectors;
    const char *integrity;
    uint32_t integrity_key_size;
    const char *journal_integrity;
    const char *journal_integrity_key;
    uint32_t journal_integrity_key_size;
    const char *journal_crypt;
    const char *journal_crypt_key;
    uint32_t journal_crypt_key_size;
};

struct crypt_params_luks2 {
    const struct crypt_pbkdf_type *pbkdf;
    const char *integrity;
    const struct crypt_params_integrity *integrity_params;
    size_t data_alignment;
    const char *data_device;
    uint32_t sector_size;
    const char *label;
    const char *subsystem;
};

struct crypt_params_hw_opal {
    const char *admin_key;
    size_t admin_key_size;
    size_t user_key_size;
};

struct crypt_active_device {
    uint64_t offset;
    uint64_t iv_offset;
    uint64_t size;
    uint32_t flags;
};

struct crypt_token_params_luks2_keyring {
    const char *key_description;
};

typedef struct {
    const char *name;
    crypt_token_open_func open;
    crypt_token_buffer_free_func buffer_free;
    crypt_token_validate_func validate;
    crypt_token_dump_func dump;
} crypt_token_handler;

struct crypt_params_reencrypt {
    crypt_reencrypt_mode_info mode;
    crypt_reencrypt_direction_info direction;
    const char *resilience;
    const char *hash;
    uint64_t data_shift;
    uint64_t max_hotzone_size;
    uint64_t device_size;
    const struct crypt_params_luks2 *luks2;
    uint32_t flags;
};

/* --- Context --- */

/* Makes a context for a device path, or for a regular file, which gets a loop device at activation.  Reads and
   writes no metadata.  -ENOTBLK if the path does not exist. */
int crypt_init(struct crypt_device **cd, const char *device);

/* Makes a context with the metadata (header) on device and the data on data_device; NULL data_device = the same. */
int crypt_init_data_device(struct crypt_device **cd, const char *device, const char *data_device);

/* Makes a context from an active mapping: type and parameters come from the dm UUID and table, then the header is
   loaded if possible.  -ENODEV if the mapping is inactive. */
int crypt_init_by_name_and_header(struct crypt_device **cd, const char *name, const char *header_device);

/* Does the same without a detached header. */
int crypt_init_by_name(struct crypt_device **cd, const char *name);

/* Frees the context, wipes its keys and detaches its own loop device; NULL is allowed. */
void crypt_free(struct crypt_device *cd);

/* Sets the function that asks before destructive operations; NULL = always yes. */
void crypt_set_confirm_callback(struct crypt_device *cd, int (*confirm)(const char *msg, void *usrptr), void *usrptr);

/* Sets the data device of a LUKS1, LUKS2, VERITY, INTEGRITY or TCRYPT context.  -EINVAL for other types, or for a
   LUKS2 device in reencryption. */
int crypt_set_data_device(struct crypt_device *cd, const char *device);

/* Sets the data offset in sectors, a multiple of 8; call it before format (LUKS1, LUKS2, reencrypt init).  0 is
   for a detached header. */
int crypt_set_data_offset(struct crypt_device *cd, uint64_t data_offset);

/* --- Log --- */

/* Sets the log function; NULL cd = default of the process; NULL log = none. */
void crypt_set_log_callback(struct crypt_device *cd, void (*log)(int level, const char *msg, void *usrptr), void
    *usrptr);

/* Sends one message to the log function. */
void crypt_log(struct crypt_device *cd, int level, const char *msg);

/* Formats like printf.  Messages of 4096 bytes (the internal limit) and more are dropped.  A newline is added at
   all levels except normal. */
void crypt_logf(struct crypt_device *cd, int level, const char *format, ...);

/* --- Settings --- */

/* Sets the source of this context's volume keys (/dev/urandom, /dev/random). */
void crypt_set_rng_type(struct crypt_device *cd, int rng_type);

/* Returns the current source (default 0); -EINVAL without cd. */
int crypt_get_rng_type(struct crypt_device *cd);

/* Sets and checks the parameters of new keyslots; NULL = defaults of the type.  Limits: docs/formats/luks2.md
   section 6. LUKS1 accepts only pbkdf2. */
int crypt_set_pbkdf_type(struct crypt_device *cd, const struct crypt_pbkdf_type *pbkdf);

/* Returns the defaults for a KDF name; NULL if unknown. */
const struct crypt_pbkdf_type *crypt_get_pbkdf_type_params(const char *pbkdf_type);

/* Returns the defaults for type LUKS1 or LUKS2 (NULL = default type). */
const struct crypt_pbkdf_type *crypt_get_pbkdf_default(const char *type);

/* Returns the values that the context uses; NULL before a type is known. */
const struct crypt_pbkdf_type *crypt_get_pbkdf_type(struct crypt_device *cd);

/* Sets the time for the benchmark in milliseconds; clears forced iterations. */
void crypt_set_iteration_time(struct crypt_device *cd, uint64_t iteration_time_ms);

/* Deprecated.  Old releases counted references of mlockall; here it has no effect and returns 0. */
int crypt_memory_lock(struct crypt_device *cd, int lock);

/* Turns metadata locks off for the process.  They cannot be turned on again: enable=1 after that gives -EPERM. */
int crypt_metadata_locking(struct crypt_device *cd, int enable);

/* Sets the size of one header copy with its JSON (16 KiB ... 4 MiB, powers of two) and of the keyslots area
   (multiple of 4096, at most 128 MiB), in bytes; 0 = default.  Call it before format; -EINVAL. */
int crypt_set_metadata_size(struct crypt_device *cd, uint64_t metadata_size, uint64_t keyslots_size);

/* Returns the sizes in the header, or those set, or the defaults without a header. */
int crypt_get_metadata_size(struct crypt_device *cd, uint64_t *metadata_size, uint64_t *keyslots_size);

/* --- Types --- */

/* Returns the type string or NULL. */
const char *crypt_get_type(struct crypt_device *cd);

/* Returns LUKS2 in the default build. */
const char *crypt_get_default_type(void);

/* Returns one of the values above; CRYPT_SW_ONLY for other types than LUKS2; -EINVAL for NULL. */
int crypt_get_hw_encryption_type(struct crypt_device *cd);

/* Returns the size in bytes, 0 if there is none. */
int crypt_get_hw_encryption_key_size(struct crypt_device *cd);

/* --- Format, load, attributes --- */

/* Creates metadata; the context must not have a type yet (a second call gives -EINVAL).  LUKS1, LUKS2, VERITY and
   INTEGRITY write to disk; PLAIN and LOOPAES only set the context.  volume_key NULL = random; params depend on the
   type. No keyslot is created. */
int crypt_format(struct crypt_device *cd, const char *type, const char *cipher, const char *cipher_mode, const char
    *uuid, const char *volume_key, size_t volume_key_size, void *params);

/* Formats for tags that the sectors of the device have room for (journal members of params must be 0). */
int crypt_format_inline(struct crypt_device *cd, const char *type, const char *cipher, const char *cipher_mode, const
    char *uuid, const char *volume_key, size_t volume_key_size, void *params);

/* Creates LUKS2 on an OPAL range; cipher NULL = hardware only.  The user key is the last user_key_size bytes of
   the combined key. */
int crypt_format_luks2_opal(struct crypt_device *cd, const char *cipher, const char *cipher_mode, const char *uuid,
    const char *volume_keys, size_t volume_keys_size, struct crypt_params_luks2 *params, struct crypt_params_hw_opal
    *opal_params);

/* Sets bits of the compatibility flags. */
void crypt_set_compatibility(struct crypt_device *cd, uint32_t flags);

uint32_t crypt_get_compatibility(struct crypt_device *cd);

/* Converts between LUKS1 and LUKS2 in place; params is reserved and NULL; -EINVAL if not convertible. */
int crypt_convert(struct crypt_device *cd, const char *type, void *params);

/* Sets the UUID of LUKS1 or LUKS2; NULL = random.  The same UUID returns 0 without a write; otherwise the confirm
   function is called (-EPERM if refused).  -EINVAL for invalid text. */
int crypt_set_uuid(struct crypt_device *cd, const char *uuid);

/* Sets the labels of LUKS2; NULL = empty.  Text longer than 47 bytes is cut silently (returns 0). */
int crypt_set_label(struct crypt_device *cd, const char *label, const char *subsystem);

/* Returns the label; NULL if not LUKS2; "" if unset. */
const char *crypt_get_label(struct crypt_device *cd);

/* Returns the subsystem label, with the same rules. */
const char *crypt_get_subsystem(struct crypt_device *cd);

/* Sets, for the process, whether the volume key is passed through the kernel keyring; 0 = off.  Returns 0 on
   success, even if the keyring is not supported. */
int crypt_volume_key_keyring(struct crypt_device *cd, int enable);

/* Detects and reads metadata; may be called again on the same context.  requested_type NULL = any LUKS; params are
   for VERITY, TCRYPT (with the passphrase) and INTEGRITY; -EINVAL if the type does not match. */
int crypt_load(struct crypt_device *cd, const char *requested_type, void *params);

/* Rewrites damaged LUKS1 keyslot data or a damaged LUKS2 copy; types as for crypt_load(). */
int crypt_repair(struct crypt_device *cd, const char *requested_type, void *params);

/* Sets the size in sectors, a multiple of the sector size; 0 = maximum.  -EPERM if the volume key is in the
   keyring and not loaded. */
int crypt_resize(struct crypt_device *cd, const char *name, uint64_t new_size);

/* Freezes the mapping and wipes its key; only LUKS (and OPAL).  -EINVAL if it is inactive or suspended already, or
   if header and mapping have different UUIDs. */
int crypt_suspend(struct crypt_device *cd, const char *name);

/* Resumes; returns the keyslot. */
int crypt_resume_by_passphrase(struct crypt_device *cd, const char *name, int keyslot, const char *passphrase,
    size_t passphrase_size);

/* Resumes with a key file and a 64-bit offset; returns the keyslot. */
int crypt_resume_by_keyfile_device_offset(struct crypt_device *cd, const char *name, int keyslot, const char
    *keyfile, size_t keyfile_size, uint64_t keyfile_offset);

/* Does the same with an offset of type size_t. */
int crypt_resume_by_keyfile_offset(struct crypt_device *cd, const char *name, int keyslot, const char *keyfile,
    size_t keyfile_size, size_t keyfile_offset);

/* Does the same with offset 0. */
int crypt_resume_by_keyfile(struct crypt_device *cd, const char *name, int keyslot, const char *keyfile, size_t
    keyfile_size);

/* Resumes after checking the key against the digest; returns 0. */
int crypt_resume_by_volume_key(struct crypt_device *cd, const char *name, const char *volume_key, size_t
    volume_key_size);

/* Resumes by a token; returns the keyslot.  type NULL = any token type; ENOENT, ENOANO. */
int crypt_resume_by_token_pin(struct crypt_device *cd, const char *name, const char *type, int token, const char
    *pin, size_t pin_size, void *usrptr);

/* Resumes; returns the keyslot (0 for key contexts). */
int crypt_resume_by_keyslot_context(struct crypt_device *cd, const char *name, int keyslot, struct
    crypt_keyslot_context *kc);

/* --- Keyslots --- */

/* Adds a keyslot and returns its number; -EINVAL if the keyslot is occupied.  If no keyslot is active, the volume
   key kept since format is used and passphrase is ignored. */
int crypt_keyslot_add_by_passphrase(struct crypt_device *cd, int keyslot, const char *passphrase, size_t
    passphrase_size, const char *new_passphrase, size_t new_passphrase_size);

/* Changes a passphrase and returns the number of the new keyslot.  If the new number is the old one or any, the
   keyslots are swapped safely, then the old one is removed. */
int crypt_keyslot_change_by_passphrase(struct crypt_device *cd, int keyslot_old, int keyslot_new, const char
    *passphrase, size_t passphrase_size, const char *new_passphrase, size_t new_passphrase_size);

/* Adds a keyslot with secrets from files; size 0 = whole file. */
int crypt_keyslot_add_by_keyfile_device_offset(struct crypt_device *cd, int keyslot, const char *keyfile, size_t
    keyfile_size, uint64_t keyfile_offset, const char *new_keyfile, size_t new_keyfile_size, uint64_t
    new_keyfile_offset);

/* Does the same with offsets of type size_t. */
int crypt_keyslot_add_by_keyfile_offset(struct crypt_device *cd, int keyslot, const char *keyfile, size_t
    keyfile_size, size_t keyfile_offset, const char *new_keyfile, size_t new_keyfile_size, size_t
    new_keyfile_offset);

/* Does the same with offsets 0. */
int crypt_keyslot_add_by_keyfile(struct crypt_device *cd, int keyslot, const char *keyfile, size_t keyfile_size,
    const char *new_keyfile, size_t new_keyfile_size);

/* Adds a keyslot for the given key; NULL = key of the context; -EPERM if the key is wrong. */
int crypt_keyslot_add_by_volume_key(struct crypt_device *cd, int keyslot, const char *volume_key, size_t
    volume_key_size, const char *passphrase, size_t passphrase_size);

/* Adds a LUKS2 keyslot with the flags above.  NO_SEGMENT = unbound (key NULL = random, of the given size), SET =
   make this the segment's key (the size must match), DIGEST_REUSE = bind to an existing digest that matches. */
int crypt_keyslot_add_by_key(struct crypt_device *cd, int keyslot, const char *volume_key, size_t volume_key_size,
    const char *passphrase, size_t passphrase_size, uint32_t flags);

/* Wipes area and keyslot; -ENOENT if inactive, -EINVAL if out of range. */
int crypt_keyslot_destroy(struct crypt_device *cd, int keyslot);

/* Returns a crypt_keyslot_info of above; ACTIVE_LAST = the only active one. */
crypt_keyslot_info crypt_keyslot_status(struct crypt_device *cd, int keyslot);

/* Returns a crypt_keyslot_priority; INVALID if the keyslot is inactive or not LUKS2 (LUKS1: NORMAL). */
crypt_keyslot_priority crypt_keyslot_get_priority(struct crypt_device *cd, int keyslot);

/* Sets the priority of a LUKS2 keyslot; -EINVAL for other types. */
int crypt_keyslot_set_priority(struct crypt_device *cd, int keyslot, crypt_keyslot_priority priority);

/* Returns 8 for LUKS1, 32 for LUKS2, -EINVAL for other types. */
int crypt_keyslot_max(const char *type);

/* Returns offset and length of the key material in bytes. */
int crypt_keyslot_area(struct crypt_device *cd, int keyslot, uint64_t *offset, uint64_t *length);

/* Returns the bytes of the key in the keyslot. */
int crypt_keyslot_get_key_size(struct crypt_device *cd, int keyslot);

/* Returns cipher and key size of the area; keyslot -1 = default for new ones; NULL for a wrong type. */
const char *crypt_keyslot_get_encryption(struct crypt_device *cd, int keyslot, size_t *key_size);

/* Fills the struct (LUKS1: hash and iterations). */
int crypt_keyslot_get_pbkdf(struct crypt_device *cd, int keyslot, struct crypt_pbkdf_type *pbkdf);

/* Sets the area cipher for new keyslots of the context; -EINVAL for a null cipher. */
int crypt_keyslot_set_encryption(struct crypt_device *cd, const char *cipher, size_t key_size);

/* Returns /dev/mapper, as libdevmapper uses it. */
const char *crypt_get_dir(void);

/* --- Keyslot contexts --- */

/* Wipes and frees a context; NULL is allowed. */
void crypt_keyslot_context_free(struct crypt_keyslot_context *kc);

/* Makes a context from a passphrase, which may be NULL with size 0. */
int crypt_keyslot_context_init_by_passphrase(struct crypt_device *cd, const char *passphrase, size_t
    passphrase_size, struct crypt_keyslot_context **kc);

/* Makes a context from a file, which is read on first use. */
int crypt_keyslot_context_init_by_keyfile(struct crypt_device *cd, const char *keyfile, size_t keyfile_size,
    uint64_t keyfile_offset, struct crypt_keyslot_context **kc);

/* Makes a context from a token; token -1 = any, with an optional type filter; the PIN is optional. */
int crypt_keyslot_context_init_by_token(struct crypt_device *cd, int token, const char *type, const char *pin,
    size_t pin_size, void *usrptr, struct crypt_keyslot_context **kc);

/* Makes a context from the key itself; NULL key with a size = generate (unbound add, reencrypt). */
int crypt_keyslot_context_init_by_volume_key(struct crypt_device *cd, const char *volume_key, size_t
    volume_key_size, struct crypt_keyslot_context **kc);

/* Makes a context from a verity root hash and its PKCS7 signature. */
int crypt_keyslot_context_init_by_signed_key(struct crypt_device *cd, const char *volume_key, size_t
    volume_key_size, const char *signature, size_t signature_size, struct crypt_keyslot_context **kc);

/* Makes a context from a passphrase in the kernel keyring; description as in keyctl (%user:x). */
int crypt_keyslot_context_init_by_keyring(struct crypt_device *cd, const char *key_description, struct
    crypt_keyslot_context **kc);

/* Makes a context from a volume key in the keyring. */
int crypt_keyslot_context_init_by_vk_in_keyring(struct crypt_device *cd, const char *key_description, struct
    crypt_keyslot_context **kc);

/* Returns the last error of the context (for example -ENOANO), 0 for none; -EINVAL for NULL. */
int crypt_keyslot_context_get_error(struct crypt_keyslot_context *kc);

/* Sets the PIN of a token context; -EINVAL for other types. */
int crypt_keyslot_context_set_pin(struct crypt_device *cd, const char *pin, size_t pin_size, struct
    crypt_keyslot_context *kc);

/* Returns one of the types above, which are positive. */
int crypt_keyslot_context_get_type(const struct crypt_keyslot_context *kc);

/* Adds a keyslot and returns its number; flags as for crypt_keyslot_add_by_key().  kc opens, new_kc protects;
   new_kc must not be a volume key type. */
int crypt_keyslot_add_by_keyslot_context(struct crypt_device *cd, int keyslot_existing, struct crypt_keyslot_context
    *kc, int keyslot_new, struct crypt_keyslot_context *new_kc, uint32_t flags);

/* --- Activation --- */

/* Returns offset, IV offset, size and flags of a mapping; -ENODEV. */
int crypt_get_active_device(struct crypt_device *cd, const char *name, struct crypt_active_device *cad);

/* Returns the mismatch count of dm-integrity, or 0. */
uint64_t crypt_get_active_integrity_failures(struct crypt_device *cd, const char *name);

/* Replaces all flags of the given type; LUKS2; -EINVAL for an unknown type. */
int crypt_persistent_flags_set(struct crypt_device *cd, crypt_flags_type type, uint32_t flags);

/* Returns the current bits; bit 31 = unknown requirements. */
int crypt_persistent_flags_get(struct crypt_device *cd, crypt_flags_type type, uint32_t *flags);

/* Activates; returns the keyslot (0 for key contexts).  The second context is for devices in reencryption; -ESRCH
   if a second key is needed. */
int crypt_activate_by_keyslot_context(struct crypt_device *cd, const char *name, int keyslot, struct
    crypt_keyslot_context *kc, int additional_keyslot, struct crypt_keyslot_context *additional_kc, uint32_t flags);

/* Activates; returns the keyslot.  A plain device hashes the passphrase.  BITLK returns 0, and tries the clear key
   if the passphrase is NULL. */
int crypt_activate_by_passphrase(struct crypt_device *cd, const char *name, int keyslot, const char *passphrase,
    size_t passphrase_size, uint32_t flags);

/* Activates with a key file; returns the keyslot; size 0 = whole file. */
int crypt_activate_by_keyfile_device_offset(struct crypt_device *cd, const char *name, int keyslot, const char
    *keyfile, size_t keyfile_size, uint64_t keyfile_offset, uint32_t flags);

/* Does the same with an offset of type size_t. */
int crypt_activate_by_keyfile_offset(struct crypt_device *cd, const char *name, int keyslot, const char *keyfile,
    size_t keyfile_size, size_t keyfile_offset, uint32_t flags);

/* Does the same with offset 0. */
int crypt_activate_by_keyfile(struct crypt_device *cd, const char *name, int keyslot, const char *keyfile, size_t
    keyfile_size, uint32_t flags);

/* Activates with a key; returns 0.  NULL key = key of the context (after format, or load of TCRYPT); VERITY: root
   hash; -EPERM. */
int crypt_activate_by_volume_key(struct crypt_device *cd, const char *name, const char *volume_key, size_t
    volume_key_size, uint32_t flags);

/* Activates verity; signature NULL = only the root hash. */
int crypt_activate_by_signed_key(struct crypt_device *cd, const char *name, const char *volume_key, size_t
    volume_key_size, const char *signature, size_t signature_size, uint32_t flags);

/* Activates with a passphrase from a user key; returns the keyslot. */
int crypt_activate_by_keyring(struct crypt_device *cd, const char *name, const char *key_description, int keyslot,
    uint32_t flags);

/* Removes a mapping.  Flags: DEFERRED, FORCE, DEFERRED_CANCEL (the first and the last exclude each other).  -EBUSY
   if in use or held, -ENODEV if inactive; cd may be NULL. */
int crypt_deactivate_by_name(struct crypt_device *cd, const char *name, uint32_t flags);

/* Does the same with flags 0. */
int crypt_deactivate(struct crypt_device *cd, const char *name);

/* --- Volume key --- */

/* Copies the key to the buffer and returns the keyslot; -ENOMEM if the buffer is too small (size is in and out). */
int crypt_volume_key_get(struct crypt_device *cd, int keyslot, char *volume_key, size_t *volume_key_size, const char
    *passphrase, size_t passphrase_size);

/* Does the same with a context.  NULL kc is allowed only for TCRYPT, a BITLK clear key, a VERITY root hash and the
   key kept since format; -EINVAL for a volume key context. */
int crypt_volume_key_get_by_keyslot_context(struct crypt_device *cd, int keyslot, char *volume_key, size_t
    *volume_key_size, struct crypt_keyslot_context *kc);

/* Returns 0 if the key matches, -EPERM if not (also for a wrong length). */
int crypt_volume_key_verify(struct crypt_device *cd, const char *volume_key, size_t volume_key_size);

/* --- Status and dump --- */

/* Returns a crypt_status_info; BUSY = active and open. */
crypt_status_info crypt_status(struct crypt_device *cd, const char *name);

/* Logs a description at level normal. */
int crypt_dump(struct crypt_device *cd);

/* Returns the JSON of LUKS2; pointer NULL = print it; flags must be 0 (-EINVAL). */
int crypt_dump_json(struct crypt_device *cd, const char **json, uint32_t flags);

/* Returns, for example, aes; NULL if unknown. */
const char *crypt_get_cipher(struct crypt_device *cd);

/* Returns, for example, xts-plain64. */
const char *crypt_get_cipher_mode(struct crypt_device *cd);

/* Returns the text or NULL. */
const char *crypt_get_uuid(struct crypt_device *cd);

/* Returns the path of the data device. */
const char *crypt_get_device_name(struct crypt_device *cd);

/* Returns the path of the header device. */
const char *crypt_get_metadata_device_name(struct crypt_device *cd);

/* Returns sectors. */
uint64_t crypt_get_data_offset(struct crypt_device *cd);

/* Returns sectors. */
uint64_t crypt_get_iv_offset(struct crypt_device *cd);

/* Returns bytes; 0 if unknown (LUKS2 without keyslots and without a key in the context). */
int crypt_get_volume_key_size(struct crypt_device *cd);

/* Returns the bytes of the key that a reencryption replaces; 0 if none is in progress, or the data were in clear. */
int crypt_get_old_volume_key_size(struct crypt_device *cd);

/* Returns bytes (default 512). */
int crypt_get_sector_size(struct crypt_device *cd);

/* Returns 1, 0 or an error. */
int crypt_header_is_detached(struct crypt_device *cd);

/* Returns -EINVAL for types other than VERITY. */
int crypt_get_verity_info(struct crypt_device *cd, struct crypt_params_verity *vp);

/* Returns all fields of INTEGRITY; for LUKS2 integrity, key size, tag size and sector size, the rest 0.  Keys are
   always NULL.  -ENOTSUP for other types. */
int crypt_get_integrity_info(struct crypt_device *cd, struct crypt_params_integrity *ip);

/* --- Benchmark --- */

/* Returns MiB/s in both directions.  iv_size is corrected to what the mode needs; text after - in the mode is
   ignored. -ENOENT for an unknown cipher, -ERANGE if the measurement was too short, -ENOTSUP without the kernel's
   crypto API. */
int crypt_benchmark(struct crypt_device *cd, const char *cipher, const char *cipher_mode, size_t volume_key_size,
    size_t iv_size, size_t buffer_size, double *encryption_mbs, double *decryption_mbs);

/* Fills in iterations, memory and threads that take time_ms; the callback gets the elapsed ms. */
int crypt_benchmark_pbkdf(struct crypt_device *cd, struct crypt_pbkdf_type *pbkdf, const char *password, size_t
    password_size, const char *salt, size_t salt_size, size_t volume_key_size, int (*progress)(uint32_t time_ms,
    void *usrptr), void *usrptr);

/* --- Header backup --- */

/* Writes a header backup of LUKS1 or LUKS2; -EINVAL if the file exists. */
int crypt_header_backup(struct crypt_device *cd, const char *requested_type, const char *backup_file);

/* Checks the backup as docs/formats/ says, and restores it. */
int crypt_header_restore(struct crypt_device *cd, const char *requested_type, const char *backup_file);

/* --- Debug and files --- */

/* Sets the level: 0 none, -1 all, -2 with JSON. */
void crypt_set_debug_level(int level);

/* Allocates a buffer and reads a file into it.  size 0 = to the end, at most 8 MiB; NULL file = stdin; flag
   STOP_EOL. */
int crypt_keyfile_device_read(struct crypt_device *cd, const char *keyfile, char **key, size_t *key_size_read,
    uint64_t keyfile_offset, size_t key_size, uint32_t flags);

/* Does the same with an offset of type size_t; cd is used for the log only. */
int crypt_keyfile_read(struct crypt_device *cd, const char *keyfile, char **key, size_t *key_size_read, size_t
    keyfile_offset, size_t key_size, uint32_t flags);

/* --- Wipe --- */

/* Wipes a range in bytes; length 0 = to the end; block size 0 = 1 MiB; dev_path NULL = data device; patterns of
   above. flags have an effect only with a path. */
int crypt_wipe(struct crypt_device *cd, const char *dev_path, crypt_wipe_pattern pattern, uint64_t offset, uint64_t
    length, size_t wipe_block_size, uint32_t flags, int (*progress)(uint64_t size, uint64_t offset, void *usrptr),
    void *usrptr);

/* Wipes a locking range or the whole disk (PSID reset). */
int crypt_wipe_hw_opal(struct crypt_device *cd, int segment, const char *password, size_t password_size, uint32_t
    flags);

/* --- Tokens --- */

/* Returns 32 for LUKS2, -EINVAL otherwise. */
int crypt_token_max(const char *type);

/* Returns the token number and its JSON text; -EINVAL if the number is unused or invalid. */
int crypt_token_json_get(struct crypt_device *cd, int token, const char **json);

/* Stores a token and returns its number; -1 = first free.  JSON NULL = remove (returns the number, also of an
   unused one). The members type and keyslots are mandatory, otherwise -EINVAL; the keyslots array is stored
   unchanged. */
int crypt_token_json_set(struct crypt_device *cd, int token, const char *json);

/* Returns a crypt_token_info and the type's name; *_UNKNOWN = the handler is not loaded. */
crypt_token_info crypt_token_status(struct crypt_device *cd, int token, const char **type);

/* Returns the token number. */
int crypt_token_luks2_keyring_set(struct crypt_device *cd, int token, const struct crypt_token_params_luks2_keyring
    *params);

/* Returns the token number; -EINVAL for another type. */
int crypt_token_luks2_keyring_get(struct crypt_device *cd, int token, struct crypt_token_params_luks2_keyring
    *params);

/* Returns the token number; keyslot -1 = all active keyslots. */
int crypt_token_assign_keyslot(struct crypt_device *cd, int token, int keyslot);

/* Returns the token number; -1 = all. */
int crypt_token_unassign_keyslot(struct crypt_device *cd, int token, int keyslot);

/* Returns 0 if assigned, -ENOENT if not. */
int crypt_token_is_assigned(struct crypt_device *cd, int token, int keyslot);

/* Adds a handler of this process; at most 32.  Its name must be unique and must not begin with luks2-. */
int crypt_token_register(const crypt_token_handler *handler);

/* Returns the folder, or NULL if plug-ins are disabled. */
const char *crypt_token_external_path(void);

/* Sets the folder; the path must be absolute. */
int crypt_token_set_external_path(const char *path);

/* Disables plug-ins for the process; not reversible. */
void crypt_token_external_disable(void);

/* Activates by a token without a PIN; returns the keyslot. */
int crypt_activate_by_token(struct crypt_device *cd, const char *name, int token, void *usrptr, uint32_t flags);

/* Activates by a token, with type filter and PIN; returns the keyslot; ENOENT, ENOANO, EAGAIN, EPERM. */
int crypt_activate_by_token_pin(struct crypt_device *cd, const char *name, const char *type, int token, const char
    *pin, size_t pin_size, void *usrptr, uint32_t flags);

/* --- Reencryption --- */

/* Starts or loads a reencryption; returns the keyslot.  name NULL = offline; params NULL or flag RESUME_ONLY =
   load the existing one; keyslot_new -1 = remove the key, decrypt. */
int crypt_reencrypt_init_by_passphrase(struct crypt_device *cd, const char *name, const char *passphrase, size_t
    passphrase_size, int keyslot_old, int keyslot_new, const char *cipher, const char *cipher_mode, const struct
    crypt_params_reencrypt *params);

/* Does the same with keyslot contexts: the old key and the new one. */
int crypt_reencrypt_init_by_keyslot_context(struct crypt_device *cd, const char *name, struct crypt_keyslot_context
    *kc_old, struct crypt_keyslot_context *kc_new, int keyslot_old, int keyslot_new, const char *cipher, const char
    *cipher_mode, const struct crypt_params_reencrypt *params);

/* Does the same with a passphrase from the keyring. */
int crypt_reencrypt_init_by_keyring(struct crypt_device *cd, const char *name, const char *key_description, int
    keyslot_old, int keyslot_new, const char *cipher, const char *cipher_mode, const struct crypt_params_reencrypt
    *params);

/* Deprecated: crypt_reencrypt_run() without usrptr. */
int crypt_reencrypt(struct crypt_device *cd, int (*progress)(uint64_t size, uint64_t offset, void *usrptr));

/* Runs to the end, or until the callback returns non-zero: it then stops after the current hotzone and returns 0,
   and the reencryption can be resumed.  Negative on failure; -EINVAL if none was initialised in this context. */
int crypt_reencrypt_run(struct crypt_device *cd, int (*progress)(uint64_t size, uint64_t offset, void *usrptr), void
    *usrptr);

/* Returns a crypt_reencrypt_info; fills in params if not NULL. */
crypt_reencrypt_info crypt_reencrypt_status(struct crypt_device *cd, struct crypt_params_reencrypt *params);

/* --- Memory --- */

/* Allocates zeroed memory that is wiped when it is freed; a header in front holds the size. */
void *crypt_safe_alloc(size_t size);

/* Wipes and frees. */
void crypt_safe_free(void *data);

/* Copies, and wipes the old block, also on failure. */
void *crypt_safe_realloc(void *data, size_t size);

/* Overwrites memory; the compiler does not remove it. */
void crypt_safe_memzero(void *data, size_t size);

/* Copies bytes of secrets; returns dst. */
void *crypt_safe_memcpy(void *dst, const void *src, size_t size);

/* --- Keyring --- */

/* Makes activation link the volume key to a user keyring; LUKS2; key types user and logon; all NULL = off. 
   -EINVAL if the keyring does not exist; -ESRCH if reencryption needs two names and only one is given. */
int crypt_set_keyring_to_link(struct crypt_device *cd, const char *key_description, const char *old_key_description,
    const char *key_type_desc, const char *keyring_to_link_vk);

#ifdef __cplusplus
}
#endif

#endif
