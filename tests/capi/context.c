// SPDX-License-Identifier: GPL-2.0-or-later
// Contexts before anything is loaded, settings, and the log.
#include "transcript.h"

static void show_pbkdf(const char* what, const struct crypt_pbkdf_type* kdf) {
    if (kdf == NULL) {
        printf("%s: NULL\n", what);
        return;
    }
    printf("%s: %s %s %u ms, %u, %u lanes, flags %u\n", what, kdf->type,
           kdf->hash != NULL ? kdf->hash : "NULL", kdf->time_ms, kdf->iterations,
           kdf->parallel_threads, kdf->flags);
}

static void no_context(void) {
    ++quiet;  // without a context there is no log
    crypt_set_log_callback(NULL, log_line, NULL);
    SHOW(crypt_init(NULL, "a.img"));
    SHOW(crypt_load(NULL, NULL, NULL));
    SHOW(crypt_dump(NULL));
    SHOW(crypt_set_pbkdf_type(NULL, NULL));
    SHOW(crypt_get_rng_type(NULL));
    SHOW_TEXT(crypt_get_type(NULL));
    SHOW_TEXT(crypt_get_cipher(NULL));
    SHOW_TEXT(crypt_get_cipher_mode(NULL));
    SHOW_TEXT(crypt_get_uuid(NULL));
    SHOW_TEXT(crypt_get_device_name(NULL));
    SHOW_TEXT(crypt_get_metadata_device_name(NULL));
    SHOW(crypt_get_volume_key_size(NULL));
    SHOW(crypt_get_sector_size(NULL));
    SHOW(crypt_header_is_detached(NULL));
    SHOW(crypt_keyslot_status(NULL, 0));
    SHOW(crypt_keyslot_destroy(NULL, 0));
    SHOW(crypt_keyslot_add_by_passphrase(NULL, 0, "a", 1, "b", 1));
    SHOW(crypt_keyslot_add_by_volume_key(NULL, 0, NULL, 0, "b", 1));
    SHOW(crypt_set_uuid(NULL, NULL));
    SHOW(crypt_set_label(NULL, NULL, NULL));
    SHOW(crypt_set_data_device(NULL, "a.img"));
    SHOW(crypt_set_data_offset(NULL, 8));
    SHOW(crypt_set_metadata_size(NULL, 0, 0));
    SHOW(crypt_get_metadata_size(NULL, NULL, NULL));
    SHOW(crypt_format(NULL, "LUKS2", "aes", "xts-plain64", NULL, NULL, 64, NULL));
    SHOW(crypt_wipe(NULL, "a.img", CRYPT_WIPE_ZERO, 0, 0, 0, 0, NULL, NULL));
    SHOW(crypt_token_json_set(NULL, 0, NULL));
    SHOW(crypt_token_status(NULL, 0, NULL));
    SHOW(crypt_volume_key_verify(NULL, "a", 1));
    SHOW(crypt_reencrypt_status(NULL, NULL));
    crypt_set_iteration_time(NULL, 1);
    crypt_set_rng_type(NULL, 1);
    crypt_set_confirm_callback(NULL, NULL, NULL);
    crypt_free(NULL);
    --quiet;
}

static void empty_context(void) {
    struct crypt_device* cd = context_of(new_image("a.img", 1024 * 1024));
    uint64_t metadata = 1, keyslots = 1;
    SHOW_TEXT(crypt_get_type(cd));
    SHOW_TEXT(crypt_get_device_name(cd));
    SHOW_TEXT(crypt_get_metadata_device_name(cd));
    SHOW_TEXT(crypt_get_uuid(cd));
    SHOW_TEXT(crypt_get_cipher(cd));
    SHOW_TEXT(crypt_get_label(cd));
    SHOW_TEXT(crypt_get_subsystem(cd));
    SHOW(crypt_get_volume_key_size(cd));
    SHOW(crypt_get_sector_size(cd));
    SHOW(crypt_get_iv_offset(cd));
    SHOW(crypt_get_data_offset(cd));
    SHOW(crypt_header_is_detached(cd));
    SHOW(crypt_load(cd, NULL, NULL));
    SHOW(crypt_load(cd, "LUKS1", NULL));
    SHOW(crypt_load(cd, "LUKS2", NULL));
    SHOW(crypt_load(cd, "nothing", NULL));
    SHOW(crypt_load(cd, "PLAIN", NULL));
    SHOW(crypt_dump(cd));
    SHOW(crypt_dump_json(cd, NULL, 0));
    SHOW(crypt_keyslot_status(cd, 0));
    SHOW(crypt_keyslot_get_priority(cd, 0));
    SHOW(crypt_keyslot_destroy(cd, 0));
    SHOW(crypt_keyslot_add_by_passphrase(cd, 0, "a", 1, "b", 1));
    SHOW(crypt_keyslot_change_by_passphrase(cd, 0, 0, "a", 1, "b", 1));
    SHOW(crypt_keyslot_get_key_size(cd, 0));
    SHOW_TEXT(crypt_keyslot_get_encryption(cd, -1, &(size_t){0}));
    SHOW(crypt_keyslot_area(cd, 0, &metadata, &keyslots));
    SHOW(crypt_set_uuid(cd, NULL));
    SHOW(crypt_set_label(cd, "l", NULL));
    SHOW(crypt_set_data_device(cd, "a.img"));
    SHOW(crypt_convert(cd, "LUKS1", NULL));
    SHOW(crypt_token_json_get(cd, 0, &(const char*){NULL}));
    SHOW(crypt_token_status(cd, 0, NULL));
    SHOW(crypt_persistent_flags_set(cd, CRYPT_FLAGS_ACTIVATION, 8));
    SHOW(crypt_persistent_flags_get(cd, CRYPT_FLAGS_ACTIVATION, &(uint32_t){0}));
    SHOW(crypt_volume_key_get(cd, 0, (char[64]){0}, &(size_t){64}, "a", 1));
    SHOW(crypt_volume_key_verify(cd, "a", 1));
    SHOW(crypt_reencrypt_status(cd, NULL));
    SHOW(crypt_get_verity_info(cd, &(struct crypt_params_verity){0}));
    SHOW(crypt_get_integrity_info(cd, &(struct crypt_params_integrity){0}));
    SHOW(crypt_get_metadata_size(cd, &metadata, &keyslots));
    printf("sizes %lu %lu\n", (unsigned long)metadata, (unsigned long)keyslots);
    crypt_free(cd);
}

static void devices(void) {
    struct crypt_device* cd = NULL;
    crypt_set_log_callback(NULL, log_line, NULL);
    SHOW(crypt_init(&cd, "missing.img"));
    SHOW(crypt_init(&cd, "/"));
    SHOW(crypt_init(&cd, "/dev/null"));
    SHOW(crypt_init_data_device(&cd, "a.img", "missing.img"));
    SHOW(crypt_init_data_device(&cd, "a.img", new_image("b.img", 4096)));
    SHOW_TEXT(crypt_get_device_name(cd));
    SHOW_TEXT(crypt_get_metadata_device_name(cd));
    SHOW(crypt_header_is_detached(cd));
    crypt_free(cd);
    SHOW(crypt_init_data_device(&cd, "a.img", NULL));
    SHOW_TEXT(crypt_get_device_name(cd));
    SHOW_TEXT(crypt_get_metadata_device_name(cd));
    crypt_free(cd);
    SHOW(crypt_init(&cd, NULL));
    SHOW_TEXT(crypt_get_device_name(cd));
    crypt_free(cd);
}

static void settings(void) {
    struct crypt_device* cd = context_of("a.img");
    SHOW(crypt_get_rng_type(cd));
    crypt_set_rng_type(cd, CRYPT_RNG_RANDOM);
    SHOW(crypt_get_rng_type(cd));
    crypt_set_rng_type(cd, 7);
    SHOW(crypt_get_rng_type(cd));
    SHOW(crypt_set_data_offset(cd, 7));
    SHOW(crypt_set_data_offset(cd, 16));
    SHOW(crypt_get_data_offset(cd));
    SHOW(crypt_set_metadata_size(cd, 16384, 0));
    SHOW(crypt_set_metadata_size(cd, 20000, 0));
    SHOW(crypt_set_metadata_size(cd, 8192, 0));
    SHOW(crypt_set_metadata_size(cd, 4194304, 0));
    SHOW(crypt_set_metadata_size(cd, 8388608, 0));
    SHOW(crypt_set_metadata_size(cd, 0, 1000));
    SHOW(crypt_set_metadata_size(cd, 0, 134217728));
    SHOW(crypt_set_metadata_size(cd, 0, 134217728 + 4096));
    SHOW(crypt_memory_lock(cd, 1));
    SHOW(crypt_memory_lock(cd, 0));
    SHOW(crypt_volume_key_keyring(cd, 0));
    SHOW(crypt_volume_key_keyring(cd, 1));
    crypt_set_compatibility(cd, 5);
    SHOW(crypt_get_compatibility(cd));
    SHOW_TEXT(crypt_get_default_type());
    SHOW_TEXT(crypt_get_dir());
    SHOW(crypt_keyslot_max("LUKS1"));
    SHOW(crypt_keyslot_max("LUKS2"));
    SHOW(crypt_keyslot_max("PLAIN"));
    SHOW(crypt_keyslot_max(NULL));
    SHOW(crypt_token_max("LUKS2"));
    SHOW(crypt_token_max("LUKS1"));
    SHOW(crypt_token_max(NULL));
    crypt_free(cd);
}

static int set_kdf(struct crypt_device* cd, const char* type, const char* hash, uint32_t iterations,
                   uint32_t memory_kib, uint32_t lanes, uint32_t flags, uint32_t time_ms) {
    const struct crypt_pbkdf_type kdf = {.type = type,
                                         .hash = hash,
                                         .time_ms = time_ms,
                                         .iterations = iterations,
                                         .max_memory_kb = memory_kib,
                                         .parallel_threads = lanes,
                                         .flags = flags};
    return crypt_set_pbkdf_type(cd, &kdf);
}

static void pbkdf(void) {
    struct crypt_device* cd = context_of("a.img");
    const uint32_t forced = CRYPT_PBKDF_NO_BENCHMARK;
    show_pbkdf("pbkdf2", crypt_get_pbkdf_type_params("pbkdf2"));
    show_pbkdf("argon2i", crypt_get_pbkdf_type_params("argon2i"));
    show_pbkdf("argon2id", crypt_get_pbkdf_type_params("argon2id"));
    show_pbkdf("unknown", crypt_get_pbkdf_type_params("unknown"));
    show_pbkdf("nothing", crypt_get_pbkdf_type_params(NULL));
    show_pbkdf("LUKS1", crypt_get_pbkdf_default("LUKS1"));
    show_pbkdf("LUKS2", crypt_get_pbkdf_default("LUKS2"));
    show_pbkdf("PLAIN", crypt_get_pbkdf_default("PLAIN"));
    show_pbkdf("default", crypt_get_pbkdf_default(NULL));
    show_pbkdf("at first", crypt_get_pbkdf_type(cd));
    SHOW(crypt_load(cd, NULL, NULL));
    crypt_set_iteration_time(cd, 77);
    OURS(crypt_get_pbkdf_type(cd) != NULL && crypt_get_pbkdf_type(cd)->time_ms == 77, 1,
         "the peer forgets it until a type was asked for");
    SHOW(set_kdf(cd, "pbkdf2", "sha256", 1000, 0, 0, forced, 0));
    show_pbkdf("forced", crypt_get_pbkdf_type(cd));
    crypt_set_iteration_time(cd, 78);
    show_pbkdf("time again", crypt_get_pbkdf_type(cd));
    SHOW(set_kdf(cd, "pbkdf2", "sha512", 999, 0, 0, forced, 0));
    SHOW(set_kdf(cd, "pbkdf2", "sha512", 0, 0, 0, 0, 0));
    SHOW(set_kdf(cd, "pbkdf2", "sha512", 0, 0, 0, 0, 100));
    SHOW(set_kdf(cd, "pbkdf2", "unknown", 1000, 0, 0, forced, 0));
    SHOW(set_kdf(cd, "argon2id", "sha256", 4, 32, 1, forced, 0));
    show_pbkdf("argon2", crypt_get_pbkdf_type(cd));
    SHOW(set_kdf(cd, "argon2i", "sha256", 4, 1024, 9, forced, 0));
    SHOW(set_kdf(cd, "argon2id", "sha256", 4, 32, 0, forced, 0));
    SHOW(set_kdf(cd, "argon2id", "sha256", 4, 31, 1, forced, 0));
    SHOW(set_kdf(cd, "argon2id", "sha256", 4, 0, 1, forced, 0));
    SHOW(set_kdf(cd, "argon2id", "sha256", 3, 64, 1, forced, 0));
    SHOW(set_kdf(cd, "argon2id", "sha256", 4, 4194305, 1, forced, 0));
    SHOW(set_kdf(cd, "argon2id", "sha256", 0, 64, 1, 0, 0));
    SHOW(set_kdf(cd, "argon2id", NULL, 4, 64, 1, forced, 0));
    SHOW(set_kdf(cd, "scrypt", "sha256", 4, 64, 1, forced, 0));
    SHOW(set_kdf(cd, NULL, "sha256", 4, 64, 1, forced, 0));
    SHOW(crypt_set_pbkdf_type(cd, NULL));
    show_pbkdf("defaults", crypt_get_pbkdf_type(cd));
    crypt_free(cd);
}

static void print_all(int level, const char* message, void* user) {
    printf("  %s%d: %s", (const char*)user, level, message);
}

static void logging(void) {
    struct crypt_device* cd = context_of("a.img");
    char text[4200];
    crypt_set_log_callback(NULL, print_all, "default ");
    crypt_set_log_callback(cd, print_all, "own ");
    for (int debug = 0; debug >= -2; --debug) {
        crypt_set_debug_level(debug);
        for (int level = -2; level <= 3; ++level) {
            crypt_log(cd, level, "of a context\n");
            crypt_log(NULL, level, "of nobody\n");
        }
    }
    crypt_set_debug_level(CRYPT_DEBUG_NONE);
    crypt_logf(cd, CRYPT_LOG_NORMAL, "%s %d\n", "normal", 1);
    crypt_logf(cd, CRYPT_LOG_ERROR, "%s %d", "error", 2);
    crypt_logf(cd, CRYPT_LOG_VERBOSE, "%s %d", "verbose", 3);
    crypt_logf(cd, CRYPT_LOG_DEBUG, "%s %d", "debug", 4);
    memset(text, 'x', sizeof text);
    for (size_t length = 4093; length < 4098; ++length) {
        text[length] = '\0';
        printf("%zu:", length);
        crypt_logf(cd, CRYPT_LOG_ERROR, "%s", text);
        printf("\n");
        text[length] = 'x';
    }
    crypt_log(cd, CRYPT_LOG_ERROR, NULL);
    crypt_set_log_callback(cd, NULL, NULL);
    crypt_log(cd, CRYPT_LOG_ERROR, "to the default\n");
    crypt_set_log_callback(NULL, NULL, NULL);
    crypt_log(NULL, CRYPT_LOG_NORMAL, "to standard output\n");
    fflush(stdout);
    dup2(1, 2);
    crypt_log(NULL, CRYPT_LOG_ERROR, "to standard error\n");
    crypt_free(cd);
}

static void locking(void) {
    SHOW(crypt_metadata_locking(NULL, 1));
    SHOW(crypt_metadata_locking(NULL, 0));
    SHOW(crypt_metadata_locking(NULL, 1));
    SHOW(crypt_metadata_locking(NULL, 0));
}

int main(void) {
    setvbuf(stdout, NULL, _IONBF, 0);
    no_context();
    empty_context();
    devices();
    settings();
    pbkdf();
    logging();
    locking();
    return finish();
}
