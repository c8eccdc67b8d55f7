// SPDX-License-Identifier: GPL-2.0-or-later
// Formats LUKS1, LUKS2, plain and loop-AES contexts, and reads their attributes.
#include "first_versions.h"
#include "transcript.h"

FIRST_VERSION(keyfile);
FIRST_VERSION(passphrase);
FIRST_VERSION(token);

// The version that programs built before 2.4 use.
int format_of_2_0(struct crypt_device* cd, const char* type, const char* cipher, const char* mode,
                  const char* uuid, const char* key, size_t key_size, void* params);
__asm__(".symver format_of_2_0, crypt_format@CRYPTSETUP_2.0");

static void describe(struct crypt_device* cd) {
    uint64_t metadata = 0, keyslots = 0;
    struct crypt_params_integrity integrity;
    SHOW_TEXT(crypt_get_type(cd));
    SHOW_TEXT(crypt_get_cipher(cd));
    SHOW_TEXT(crypt_get_cipher_mode(cd));
    SHOW(crypt_get_volume_key_size(cd));
    SHOW(crypt_get_sector_size(cd));
    SHOW(crypt_get_data_offset(cd));
    SHOW(crypt_get_iv_offset(cd));
    SHOW_TEXT(crypt_get_device_name(cd));
    SHOW_TEXT(crypt_get_metadata_device_name(cd));
    SHOW(crypt_header_is_detached(cd));
    SHOW_TEXT(crypt_get_label(cd));
    SHOW_TEXT(crypt_get_subsystem(cd));
    SHOW(crypt_get_uuid(cd) != NULL);
    SHOW(crypt_get_metadata_size(cd, &metadata, &keyslots));
    printf("sizes %lu %lu\n", (unsigned long)metadata, (unsigned long)keyslots);
    SHOW(crypt_get_integrity_info(cd, &integrity));
    SHOW(crypt_get_verity_info(cd, &(struct crypt_params_verity){0}));
    SHOW(crypt_reencrypt_status(cd, NULL));
    SHOW(crypt_keyslot_status(cd, 0));
    SHOW(crypt_keyslot_status(cd, 8));
    SHOW(crypt_keyslot_status(cd, 32));
    size_t size = 0;
    SHOW_TEXT(crypt_keyslot_get_encryption(cd, -1, &size));
    SHOW(size);
    SHOW_TEXT(crypt_keyslot_get_encryption(cd, 0, &size));
}

static void bad_arguments(void) {
    struct crypt_device* cd = context_of(new_image("bad.img", 32 * 1024 * 1024));
    cheap(cd);
    SHOW(crypt_format(cd, NULL, "aes", "xts-plain64", NULL, NULL, 64, NULL));
    SHOW(crypt_format(cd, "LUKS9", "aes", "xts-plain64", NULL, NULL, 64, NULL));
    SHOW(crypt_format(cd, "LUKS2", NULL, "xts-plain64", NULL, NULL, 64, NULL));
    SHOW(crypt_format(cd, "LUKS2", "aes", NULL, NULL, NULL, 64, NULL));
    SHOW(crypt_format(cd, "LUKS1", NULL, "xts-plain64", NULL, NULL, 64, NULL));
    SHOW(crypt_format(cd, "LUKS2", "aes", "xts-plain64", "not a uuid", NULL, 64, NULL));
    SHOW(crypt_format(cd, "LUKS1", "aes", "xts-plain64", "not a uuid", NULL, 64, NULL));
    SHOW(crypt_format(cd, "LUKS2", "aes", "xts-plain64", NULL, NULL, 64,
                      &(struct crypt_params_luks2){.sector_size = 513}));
    SHOW(crypt_format(cd, "LUKS1", "aes", "xts-plain64", NULL, NULL, 64,
                      &(struct crypt_params_luks1){.hash = "unknown"}));
    SHOW(crypt_format(cd, "PLAIN", NULL, "xts-plain64", NULL, NULL, 64, NULL));
    SHOW(crypt_format(cd, "PLAIN", "aes", "xts-plain64", "00000000-0000-4000-8000-000000000000",
                      NULL, 32, NULL));
    SHOW(crypt_format(cd, "PLAIN", "aes", "xts-plain64", NULL, NULL, 2000, NULL));
    SHOW(crypt_format(cd, "PLAIN", "aes", "xts-plain64", NULL, NULL, 64,
                      &(struct crypt_params_plain){.sector_size = 1000}));
    SHOW(crypt_format(cd, "LOOPAES", "aes", NULL, "00000000-0000-4000-8000-000000000000", NULL, 32,
                      NULL));
    SHOW_TEXT(crypt_get_type(cd));
    OURS(crypt_format(cd, "LUKS2", "aes", "xts-plain64", NULL, NULL, 63, NULL), -EINVAL,
         "the peer asks device-mapper, we know the ciphers");
    OURS(crypt_format(cd, "LUKS2", "aes", "xts-plain64", NULL, NULL, 0, NULL), -EINVAL, "the same");
    OURS(crypt_format(cd, "LUKS2", "aes", "unknown-plain64", NULL, NULL, 64, NULL), -EINVAL,
         "the same");
    OURS(crypt_format(cd, "VERITY", NULL, NULL, NULL, NULL, 0, &(struct crypt_params_verity){0}),
         -ENOTSUP, "dm-verity is not here");
    OURS(crypt_format(cd, "LUKS2", "aes", "xts-plain64", NULL, NULL, 64,
                      &(struct crypt_params_luks2){.integrity = "hmac(sha256)"}),
         -ENOTSUP, "nor is authenticated encryption");
    OURS(crypt_format(cd, "LUKS2", "aes", "xts-plain64", NULL, NULL, 64,
                      &(struct crypt_params_luks2){.data_device = "missing.img"}),
         -ENOTBLK, "the peer answers that it has no memory");
    crypt_free(cd);
}

static void luks1(void) {
    const struct crypt_params_luks1 params = {.hash = "sha512", .data_alignment = 8192};
    struct crypt_device* cd = context_of(new_image("one.img", 32 * 1024 * 1024));
    cheap(cd);
    SHOW(crypt_format(cd, "LUKS1", "aes", "cbc-essiv:sha256",
                      "12345678-1234-4321-8765-123456789abc", "0123456789abcdef0123456789abcdef",
                      32, (void*)&params));
    SHOW_TEXT(crypt_get_uuid(cd));
    describe(cd);
    SHOW(crypt_format(cd, "LUKS1", "aes", "xts-plain64", NULL, NULL, 64, NULL));
    SHOW(crypt_volume_key_verify(cd, "0123456789abcdef0123456789abcdef", 32));
    SHOW(crypt_load(cd, "LUKS2", NULL));
    SHOW(crypt_load(cd, "LUKS1", NULL));
    SHOW(crypt_load(cd, NULL, NULL));
    SHOW(crypt_set_metadata_size(cd, 16384, 0));
    SHOW(crypt_set_label(cd, "l", NULL));
    SHOW(crypt_dump_json(cd, NULL, 0));
    SHOW(crypt_keyslot_set_priority(cd, 0, CRYPT_SLOT_PRIORITY_PREFER));
    SHOW(crypt_token_json_set(cd, 0, NULL));
    SHOW(crypt_persistent_flags_set(cd, CRYPT_FLAGS_ACTIVATION, 8));
    crypt_free(cd);
    cd = context_of("one.img");
    SHOW(crypt_load(cd, "LUKS2", NULL));
    SHOW_TEXT(crypt_get_type(cd));
    SHOW(crypt_load(cd, "LUKS1", NULL));
    describe(cd);
    crypt_free(cd);
    // Uses the defaults only.
    cd = formatted("one.img", "LUKS1");
    describe(cd);
    crypt_free(cd);
}

static void luks2(void) {
    const struct crypt_pbkdf_type kdf = {
        .type = "pbkdf2", .hash = "sha512", .iterations = 1000, .flags = CRYPT_PBKDF_NO_BENCHMARK};
    struct crypt_params_luks2 params = {.pbkdf = &kdf,
                                        .sector_size = 512,
                                        .data_alignment = 4096,
                                        .label = "a label",
                                        .subsystem = "a subsystem"};
    struct crypt_device* cd = context_of(new_image("two.img", 32 * 1024 * 1024));
    SHOW(crypt_set_metadata_size(cd, 32768, 4194304));
    SHOW(crypt_format(cd, "LUKS2", "aes", "xts-plain64", "12345678-1234-4321-8765-123456789abc",
                      NULL, 64, &params));
    SHOW_TEXT(crypt_get_uuid(cd));
    describe(cd);
    SHOW_TEXT(crypt_get_pbkdf_type(cd)->type);
    SHOW_TEXT(crypt_get_pbkdf_type(cd)->hash);
    SHOW(crypt_set_metadata_size(cd, 16384, 0));
    SHOW(crypt_set_data_offset(cd, 8));
    crypt_free(cd);
    cd = context_of("two.img");
    SHOW(crypt_load(cd, "LUKS1", NULL));
    SHOW(crypt_load(cd, NULL, NULL));
    describe(cd);
    SHOW_TEXT(crypt_get_pbkdf_type(cd)->type);
    crypt_free(cd);
    // The older version of the call used 512 by default; this one asks the device.
    cd = context_of(new_image("two.img", 32 * 1024 * 1024));
    cheap(cd);
    SHOW(crypt_format(cd, "LUKS2", "aes", "xts-plain64", NULL, NULL, 64, NULL));
    describe(cd);
    crypt_free(cd);
    cd = context_of(new_image("two.img", 64 * 1024 * 1024));
    cheap(cd);
    SHOW(crypt_set_data_offset(cd, 65536));
    SHOW(crypt_format(cd, "LUKS2", "aes", "xts-plain64", NULL, NULL, 64, NULL));
    describe(cd);
    crypt_free(cd);
}

static struct crypt_device* unformatted(void) {
    struct crypt_device* cd = context_of(new_image("old.img", 32 * 1024 * 1024));
    cheap(cd);
    return cd;
}

static void old_version(void) {
    struct crypt_params_luks2 params = {.sector_size = 0};
    struct crypt_device* cd = unformatted();
    SHOW(format_of_2_0(cd, "LUKS2", "aes", "xts-plain64", NULL, NULL, 64, NULL));
    SHOW(crypt_get_sector_size(cd));
    crypt_free(cd);
    cd = unformatted();
    SHOW(crypt_format(cd, "LUKS2", "aes", "xts-plain64", NULL, NULL, 64, &params));
    SHOW(crypt_get_sector_size(cd));
    crypt_free(cd);
    cd = unformatted();
    OURS(format_of_2_0(cd, "LUKS2", "aes", "xts-plain64", NULL, NULL, 64, &params), 0,
         "the peer refuses 0 where it is said, and takes it where it is not");
    OURS(crypt_get_sector_size(cd), 512, "as without parameters");
    crypt_free(cd);
}

static void detached(void) {
    for (int type = 1; type <= 2; ++type) {
        char name[] = "LUKS1";
        name[4] = (char)('0' + type);
        struct crypt_device* cd = NULL;
        new_image("data.img", 1024 * 1024);
        SHOW(crypt_init_data_device(&cd, new_image("header.img", 16 * 1024 * 1024), "data.img"));
        crypt_set_log_callback(cd, log_line, NULL);
        cheap(cd);
        SHOW(crypt_format(cd, name, "aes", "xts-plain64", NULL, NULL, 64, NULL));
        describe(cd);
        crypt_free(cd);
        cd = context_of("header.img");
        SHOW(crypt_load(cd, NULL, NULL));
        describe(cd);
        SHOW(crypt_set_data_device(cd, "missing.img"));
        SHOW(crypt_set_data_device(cd, NULL));
        SHOW(crypt_set_data_device(cd, "data.img"));
        crypt_free(cd);
        cd = context_of("header.img");
        SHOW(crypt_load(cd, NULL, NULL));
        SHOW(crypt_set_data_device(cd, new_image("large.img", 32 * 1024 * 1024)));
        describe(cd);
        crypt_free(cd);
    }
}

// Every kind of context with a passphrase gives the key of a plain volume.
static void plain_key_by_context(struct crypt_device* cd) {
    struct crypt_keyslot_context *known, *file, *missing, *token;
    char key[32];
    size_t size = sizeof key;
    FILE* secret = fopen("key", "w");
    fputs("secret\n", secret);
    fclose(secret);
    SHOW(crypt_keyslot_context_init_by_passphrase(cd, "secret", 6, &known));
    SHOW(crypt_keyslot_context_init_by_keyfile(cd, "key", 0, 0, &file));
    SHOW(crypt_keyslot_context_init_by_keyfile(cd, "missing", 0, 0, &missing));
    SHOW(crypt_keyslot_context_init_by_token(cd, CRYPT_ANY_TOKEN, NULL, NULL, 0, NULL, &token));
    SHOW(crypt_volume_key_get_by_keyslot_context(cd, -1, key, &size, known));
    printf("key %02x%02x\n", (unsigned char)key[0], (unsigned char)key[31]);
    SHOW(crypt_volume_key_get_by_keyslot_context(cd, -1, key, &size, file));
    printf("key %02x%02x\n", (unsigned char)key[0], (unsigned char)key[31]);
    SHOW(crypt_volume_key_get_by_keyslot_context(cd, 3, key, &size, known));
    SHOW(crypt_volume_key_get_by_keyslot_context(cd, -1, key, &size, missing));
    SHOW(crypt_keyslot_context_get_error(missing));
    SHOW(crypt_volume_key_get_by_keyslot_context(cd, -1, key, &size, token));
    SHOW(crypt_keyslot_context_get_error(token));
    crypt_keyslot_context_free(known);
    crypt_keyslot_context_free(file);
    crypt_keyslot_context_free(missing);
    crypt_keyslot_context_free(token);
}

static void without_header(void) {
    struct crypt_device* cd = context_of(new_image("plain.img", 1024 * 1024));
    SHOW(crypt_format(cd, "PLAIN", "aes", "cbc-essiv:sha256", NULL, NULL, 32,
                      &(struct crypt_params_plain){.hash = "sha256", .offset = 16, .skip = 8}));
    describe(cd);
    SHOW(crypt_format(cd, "PLAIN", "aes", "cbc-plain", NULL, NULL, 32, NULL));
    SHOW(crypt_load(cd, NULL, NULL));
    SHOW(crypt_load(cd, "PLAIN", NULL));
    SHOW(crypt_dump(cd));
    SHOW(crypt_keyslot_add_by_passphrase(cd, 0, "a", 1, "b", 1));
    SHOW(crypt_keyslot_add_by_volume_key(cd, 0, NULL, 0, "b", 1));
    SHOW(crypt_keyslot_destroy(cd, 0));
    SHOW(crypt_set_uuid(cd, NULL));
    SHOW(crypt_set_label(cd, "a", NULL));
    SHOW(crypt_set_data_device(cd, "plain.img"));
    SHOW(crypt_convert(cd, "LUKS1", NULL));
    SHOW(crypt_volume_key_verify(cd, "a", 1));
    SHOW(crypt_repair(cd, NULL, NULL));
    SHOW(crypt_header_backup(cd, NULL, "backup.img"));
    SHOW(crypt_header_restore(cd, NULL, "backup.img"));
    char key[32];
    size_t size = sizeof key;
    SHOW(crypt_volume_key_get(cd, -1, key, &size, "secret", 6));
    SHOW(size);
    printf("key %02x%02x\n", (unsigned char)key[0], (unsigned char)key[31]);
    size = 8;
    SHOW(crypt_volume_key_get(cd, -1, key, &size, "secret", 6));
    plain_key_by_context(cd);
    crypt_free(cd);
    cd = context_of("plain.img");
    SHOW(crypt_format(cd, "PLAIN", "aes", "xts-plain64", NULL, "0123456789abcdef0123456789abcdef",
                      32, &(struct crypt_params_plain){.sector_size = 4096, .size = 64}));
    describe(cd);
    crypt_free(cd);
    cd = context_of("plain.img");
    SHOW(crypt_format(cd, "LOOPAES", "aes", NULL, NULL, NULL, 32,
                      &(struct crypt_params_loopaes){.hash = "sha512", .offset = 16, .skip = 4}));
    describe(cd);
    crypt_free(cd);
    cd = context_of("plain.img");
    SHOW(crypt_format(cd, "LOOPAES", NULL, NULL, NULL, NULL, 16, NULL));
    describe(cd);
    crypt_free(cd);
}

int main(void) {
    setvbuf(stdout, NULL, _IONBF, 0);
    bad_arguments();
    luks1();
    luks2();
    old_version();
    detached();
    without_header();
    return finish();
}
