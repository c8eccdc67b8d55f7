/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Mappings through the C interface.  Arguments: loop devices with a LUKS1 and a LUKS2 volume (passphrases "one" in slot
   0, "two" in slot 1) and with nothing; a detached header; a key file of "one"; one of loop-AES. */
#include <fcntl.h>
#include <linux/keyctl.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "transcript.h"

static const char *luks1, *luks2, *blank, *header, *keyfile;
static struct crypt_device* cd;

static void print_active(struct crypt_device* device, const char* name) {
    struct crypt_active_device active;
    memset(&active, 0, sizeof active);
    const int answer = crypt_get_active_device(device, name, &active);
    printf("active device %s = %d", name, answer);
    if (answer == 0)
        printf(": offset %llu iv %llu size %llu flags 0x%x", (unsigned long long)active.offset,
               (unsigned long long)active.iv_offset, (unsigned long long)active.size, active.flags);
    printf("\n");
}

static void begin(const char* path, const char* type) {
    if (cd != NULL) crypt_free(cd);
    cd = NULL;
    const int made = crypt_init(&cd, path);
    crypt_set_log_callback(cd, print_log, NULL);
    printf("begin with %s: %d, load %s: %d\n", path, made, type != NULL ? type : "any",
           type != NULL && strcmp(type, "nothing") == 0 ? 0 : crypt_load(cd, type, NULL));
}

static void begin_by_name(const char* name, const char* with_header) {
    if (cd != NULL) crypt_free(cd);
    cd = NULL;
    const int made = with_header != NULL ? crypt_init_by_name_and_header(&cd, name, with_header)
                                         : crypt_init_by_name(&cd, name);
    printf("begin by name %s: %d\n", name, made);
    if (made < 0) {
        cd = NULL;
        return;
    }
    crypt_set_log_callback(cd, print_log, NULL);
    TEXT(crypt_get_type(cd));
    TEXT(crypt_get_cipher(cd));
    TEXT(crypt_get_cipher_mode(cd));
    TEXT(crypt_get_device_name(cd));
    TEXT(crypt_get_metadata_device_name(cd));
    printf("uuid %s, offset %llu, iv %llu, key %d, sector %d\n",
           crypt_get_uuid(cd) != NULL ? "there" : "none",
           (unsigned long long)crypt_get_data_offset(cd),
           (unsigned long long)crypt_get_iv_offset(cd), crypt_get_volume_key_size(cd),
           crypt_get_sector_size(cd));
}

static void errors_without_mappings(void) {
    SAY("names that are not active");
    for (int round = 0; round < 3; ++round) {
        if (round == 0) begin(luks2, CRYPT_LUKS);
        if (round == 1) begin(luks1, CRYPT_LUKS);
        if (round == 2) begin(blank, "nothing");
        CALL(crypt_status(cd, "nope"));
        CALL(crypt_status(NULL, "nope"));
        CALL(crypt_deactivate(cd, "nope"));
        CALL(crypt_deactivate_by_name(cd, "nope", CRYPT_DEACTIVATE_DEFERRED));
        CALL(crypt_deactivate_by_name(
            cd, "nope", CRYPT_DEACTIVATE_DEFERRED | CRYPT_DEACTIVATE_DEFERRED_CANCEL));
        CALL(crypt_resize(cd, "nope", 0));
        CALL(crypt_suspend(cd, "nope"));
        CALL(crypt_resume_by_passphrase(cd, "nope", CRYPT_ANY_SLOT, "one", 3));
        CALL(crypt_resume_by_keyfile(cd, "nope", CRYPT_ANY_SLOT, keyfile, 0));
        CALL(crypt_resume_by_volume_key(cd, "nope", "key", 3));
        CALL(crypt_activate_by_passphrase(cd, "nope", CRYPT_ANY_SLOT, "one", 3,
                                          CRYPT_ACTIVATE_REFRESH));
        CALL(crypt_get_active_integrity_failures(cd, "nope"));
        print_active(cd, "nope");
    }
    struct crypt_device* none = NULL;
    crypt_set_log_callback(NULL, print_log, NULL);
    CALL(crypt_init_by_name(&none, "nope"));
    CALL(crypt_init_by_name(&none, NULL));
    CALL(crypt_init_by_name_and_header(&none, "nope", header));
    CALL(crypt_deactivate(NULL, "nope"));
    CALL(crypt_deactivate(NULL, NULL));
    CALL(crypt_status(NULL, NULL));
    crypt_set_log_callback(NULL, NULL, NULL);
}

static void checks_of_a_secret(void) {
    SAY("checks without a name");
    for (int round = 0; round < 2; ++round) {
        begin(round == 0 ? luks2 : luks1, CRYPT_LUKS);
        CALL(crypt_activate_by_passphrase(cd, NULL, CRYPT_ANY_SLOT, "one", 3, 0));
        CALL(crypt_activate_by_passphrase(cd, NULL, CRYPT_ANY_SLOT, "two", 3, 0));
        CALL(crypt_activate_by_passphrase(cd, NULL, CRYPT_ANY_SLOT, "bad", 3, 0));
        CALL(crypt_activate_by_passphrase(cd, NULL, CRYPT_ANY_SLOT, "", 0, 0));
        CALL(crypt_activate_by_passphrase(cd, NULL, CRYPT_ANY_SLOT, NULL, 0, 0));
        CALL(crypt_activate_by_passphrase(cd, NULL, 0, "two", 3, 0));
        CALL(crypt_activate_by_passphrase(cd, NULL, 1, "two", 3, 0));
        CALL(crypt_activate_by_passphrase(cd, NULL, 5, "two", 3, 0));
        CALL(crypt_activate_by_passphrase(cd, NULL, 99, "two", 3, 0));
        CALL(crypt_activate_by_passphrase(cd, NULL, CRYPT_ANY_SLOT, "one", 3,
                                          CRYPT_ACTIVATE_SERIALIZE_MEMORY_HARD_PBKDF));
        CALL(crypt_activate_by_keyfile(cd, NULL, CRYPT_ANY_SLOT, keyfile, 0, 0));
        CALL(crypt_activate_by_keyfile(cd, NULL, CRYPT_ANY_SLOT, keyfile, 2, 0));
        CALL(crypt_activate_by_keyfile(cd, NULL, CRYPT_ANY_SLOT, keyfile, 20, 0));
        CALL(crypt_activate_by_keyfile(cd, NULL, CRYPT_ANY_SLOT, "missing", 0, 0));
        CALL(crypt_activate_by_keyfile(cd, NULL, CRYPT_ANY_SLOT, NULL, 0, 0));
        CALL(crypt_activate_by_keyfile_offset(cd, NULL, CRYPT_ANY_SLOT, keyfile, 0, 1, 0));
        CALL(crypt_activate_by_keyfile_device_offset(cd, NULL, 0, keyfile, 3, 0, 0));
        CALL(crypt_activate_by_keyfile_device_offset(cd, NULL, 0, keyfile, 3, 100, 0));
        CALL(crypt_activate_by_volume_key(cd, NULL, "0123456789abcdef0123456789abcdef", 32, 0));
        CALL(crypt_activate_by_volume_key(cd, NULL, NULL, 0, 0));
        CALL(crypt_activate_by_keyring(cd, NULL, "lk:nokey", CRYPT_ANY_SLOT, 0));
        syscall(SYS_add_key, "user", "lk:one", "one", 3, KEY_SPEC_SESSION_KEYRING);
        syscall(SYS_add_key, "user", "lk:bad", "bad", 3, KEY_SPEC_SESSION_KEYRING);
        CALL(crypt_activate_by_keyring(cd, NULL, "lk:one", CRYPT_ANY_SLOT, 0));
        CALL(crypt_activate_by_keyring(cd, NULL, "lk:one", 1, 0));
        CALL(crypt_activate_by_keyring(cd, NULL, "lk:bad", CRYPT_ANY_SLOT, 0));
        CALL(crypt_activate_by_keyring(cd, NULL, NULL, CRYPT_ANY_SLOT, 0));
        /* What a refresh names is what there is; but it stays as writable as it is. */
        static const uint32_t kinds[] = {0, CRYPT_ACTIVATE_READONLY, CRYPT_ACTIVATE_ALLOW_DISCARDS,
                                         CRYPT_ACTIVATE_READONLY | CRYPT_ACTIVATE_SAME_CPU_CRYPT};
        for (size_t first = 0; first < 4; ++first)
            for (size_t then = 0; then < 4; ++then) {
                CALL(
                    crypt_activate_by_passphrase(cd, "l1", CRYPT_ANY_SLOT, "one", 3, kinds[first]));
                CALL(crypt_activate_by_passphrase(cd, "l1", CRYPT_ANY_SLOT, "one", 3,
                                                  CRYPT_ACTIVATE_REFRESH | kinds[then]));
                print_active(cd, "l1");
                CALL(crypt_deactivate(cd, "l1"));
            }

        char key[64];
        size_t size = sizeof key;
        CALL(crypt_volume_key_get(cd, CRYPT_ANY_SLOT, key, &size, "one", 3));
        CALL(crypt_activate_by_volume_key(cd, NULL, key, size, 0));
        CALL(crypt_activate_by_volume_key(cd, NULL, key, size - 1, 0));
    }
    begin(blank, "nothing");
    CALL(crypt_activate_by_passphrase(cd, NULL, CRYPT_ANY_SLOT, "one", 3, 0));
    CALL(crypt_activate_by_passphrase(cd, "l1", CRYPT_ANY_SLOT, "one", 3, 0));
    CALL(crypt_activate_by_keyfile(cd, NULL, CRYPT_ANY_SLOT, keyfile, 0, 0));
    CALL(crypt_activate_by_volume_key(cd, NULL, "key", 3, 0));
    CALL(crypt_activate_by_token(cd, NULL, CRYPT_ANY_TOKEN, NULL, 0));
    CALL(crypt_activate_by_keyring(cd, NULL, "lk:one", CRYPT_ANY_SLOT, 0));
    CALL(crypt_activate_by_passphrase(NULL, NULL, CRYPT_ANY_SLOT, "one", 3, 0));
    CALL(crypt_activate_by_volume_key(NULL, NULL, "key", 3, 0));
    begin(luks1, CRYPT_LUKS);
    CALL(crypt_activate_by_token(cd, NULL, CRYPT_ANY_TOKEN, NULL, 0));
}

static void flags_of(uint32_t flags) {
    printf("-- flags 0x%x\n", flags);
    CALL(crypt_activate_by_passphrase(cd, "l1", CRYPT_ANY_SLOT, "one", 3, flags));
    print_active(cd, "l1");
    CALL(crypt_deactivate(cd, "l1"));
}

static void mappings(void) {
    SAY("mappings");
    for (int round = 0; round < 2; ++round) {
        begin(round == 0 ? luks2 : luks1, CRYPT_LUKS);
        CALL(crypt_activate_by_passphrase(cd, "l1", CRYPT_ANY_SLOT, "bad", 3, 0));
        CALL(crypt_activate_by_passphrase(cd, "l1", CRYPT_ANY_SLOT, "two", 3, 0));
        CALL(crypt_status(cd, "l1"));
        print_active(cd, "l1");
        CALL(crypt_activate_by_passphrase(cd, "l1", CRYPT_ANY_SLOT, "one", 3, 0));
        CALL(crypt_activate_by_passphrase(cd, "l2", CRYPT_ANY_SLOT, "one", 3, 0));
        CALL(crypt_activate_by_passphrase(cd, "l2", CRYPT_ANY_SLOT, "one", 3,
                                          CRYPT_ACTIVATE_SHARED));
        CALL(crypt_status(cd, "l2"));
        if (crypt_status(cd, "l2") == CRYPT_ACTIVE) CALL(crypt_deactivate(cd, "l2"));
        const int fd = open("/dev/mapper/l1", O_RDONLY);
        CALL(crypt_status(cd, "l1"));
        CALL(crypt_deactivate(cd, "l1"));
        CALL(crypt_deactivate_by_name(cd, "l1", CRYPT_DEACTIVATE_DEFERRED));
        CALL(crypt_status(cd, "l1"));
        CALL(crypt_deactivate_by_name(cd, "l1", CRYPT_DEACTIVATE_DEFERRED_CANCEL));
        close(fd);
        CALL(crypt_status(NULL, "l1"));
        begin_by_name("l1", NULL);
        CALL(crypt_deactivate(cd, "l1"));
        CALL(crypt_deactivate(cd, "l1"));

        begin(round == 0 ? luks2 : luks1, CRYPT_LUKS);
        CALL(crypt_activate_by_passphrase(cd, "a/b", CRYPT_ANY_SLOT, "one", 3, 0));
        flags_of(CRYPT_ACTIVATE_READONLY);
        flags_of(CRYPT_ACTIVATE_ALLOW_DISCARDS);
        flags_of(CRYPT_ACTIVATE_PRIVATE);
        flags_of(CRYPT_ACTIVATE_NO_UUID);
        flags_of(CRYPT_ACTIVATE_SAME_CPU_CRYPT | CRYPT_ACTIVATE_SUBMIT_FROM_CRYPT_CPUS);
        flags_of(CRYPT_ACTIVATE_NO_READ_WORKQUEUE | CRYPT_ACTIVATE_NO_WRITE_WORKQUEUE);
        flags_of(CRYPT_ACTIVATE_KEYRING_KEY);
        flags_of(CRYPT_ACTIVATE_CORRUPTED | CRYPT_ACTIVATE_IGNORE_CORRUPTION |
                 CRYPT_ACTIVATE_RECALCULATE | CRYPT_ACTIVATE_CHECK_AT_MOST_ONCE |
                 CRYPT_ACTIVATE_NO_JOURNAL);

        CALL(crypt_activate_by_passphrase(cd, "l1", CRYPT_ANY_SLOT, "one", 3, 0));
        CALL(crypt_activate_by_passphrase(cd, "l1", CRYPT_ANY_SLOT, "one", 3,
                                          CRYPT_ACTIVATE_REFRESH | CRYPT_ACTIVATE_ALLOW_DISCARDS));
        print_active(cd, "l1");
        CALL(crypt_activate_by_passphrase(cd, "l1", CRYPT_ANY_SLOT, "bad", 3,
                                          CRYPT_ACTIVATE_REFRESH));
        CALL(crypt_activate_by_passphrase(cd, NULL, CRYPT_ANY_SLOT, "one", 3,
                                          CRYPT_ACTIVATE_REFRESH));
        CALL(crypt_deactivate(cd, "l1"));

        char key[64];
        size_t size = sizeof key;
        CALL(crypt_volume_key_get(cd, CRYPT_ANY_SLOT, key, &size, "one", 3));
        CALL(crypt_activate_by_volume_key(cd, "l1", key, size, 0));
        print_active(cd, "l1");
        CALL(crypt_resize(cd, "l1", 1024));
        print_active(cd, "l1");
        CALL(crypt_resize(cd, "l1", 1023));
        CALL(crypt_resize(cd, "l1", 99999992));
        CALL(crypt_resize(cd, "l1", 0));
        print_active(cd, "l1");
        CALL(crypt_suspend(cd, "l1"));
        CALL(crypt_suspend(cd, "l1"));
        CALL(crypt_status(cd, "l1"));
        print_active(cd, "l1");
        CALL(crypt_resize(cd, "l1", 8));
        CALL(crypt_activate_by_passphrase(cd, "l1", CRYPT_ANY_SLOT, "one", 3,
                                          CRYPT_ACTIVATE_REFRESH));
        CALL(crypt_resume_by_passphrase(cd, "l1", CRYPT_ANY_SLOT, "bad", 3));
        CALL(crypt_resume_by_passphrase(cd, "l1", 1, "one", 3));
        CALL(crypt_resume_by_passphrase(cd, "l1", CRYPT_ANY_SLOT, "two", 3));
        CALL(crypt_resume_by_passphrase(cd, "l1", CRYPT_ANY_SLOT, "two", 3));
        print_active(cd, "l1");
        CALL(crypt_suspend(cd, "l1"));
        CALL(crypt_resume_by_keyfile(cd, "l1", CRYPT_ANY_SLOT, "missing", 0));
        CALL(crypt_resume_by_keyfile_offset(cd, "l1", CRYPT_ANY_SLOT, keyfile, 0, 1));
        CALL(crypt_resume_by_keyfile_device_offset(cd, "l1", CRYPT_ANY_SLOT, keyfile, 3, 0));
        CALL(crypt_suspend(cd, "l1"));
        CALL(crypt_resume_by_volume_key(cd, "l1", "key", 3));
        key[0] ^= 1;
        CALL(crypt_resume_by_volume_key(cd, "l1", key, size));
        key[0] ^= 1;
        CALL(crypt_resume_by_volume_key(cd, "l1", key, size));
        CALL(crypt_suspend(cd, "l1"));
        CALL(crypt_resume_by_token_pin(cd, "l1", NULL, CRYPT_ANY_TOKEN, NULL, 0, NULL));
        CALL(crypt_resume_by_passphrase(cd, "l1", CRYPT_ANY_SLOT, "one", 3));
        CALL(crypt_deactivate(cd, "l1"));
        /* A context that knows no key. */
        begin(round == 0 ? luks2 : luks1, CRYPT_LUKS);
        CALL(crypt_activate_by_keyfile(cd, "l1", CRYPT_ANY_SLOT, keyfile, 0, 0));
        begin_by_name("l1", NULL);
        CALL(crypt_resize(cd, "l1", 1024));
        CALL(crypt_activate_by_passphrase(cd, NULL, CRYPT_ANY_SLOT, "one", 3,
                                          CRYPT_ACTIVATE_KEYRING_KEY));
        CALL(crypt_resize(cd, "l1", 1024));
        print_active(cd, "l1");
        CALL(crypt_resize(cd, "l1", 0));
        CALL(crypt_suspend(cd, "l1"));
        CALL(crypt_resume_by_passphrase(cd, "l1", CRYPT_ANY_SLOT, "one", 3));
        CALL(crypt_deactivate(cd, "l1"));
    }
}

static void detached_header(void) {
    SAY("a header apart from the data");
    begin(header, CRYPT_LUKS);
    CALL(crypt_set_data_device(cd, luks2));
    CALL(crypt_activate_by_passphrase(cd, "l1", CRYPT_ANY_SLOT, "one", 3, 0));
    print_active(cd, "l1");
    begin_by_name("l1", header);
    begin_by_name("l1", NULL);
    CALL(crypt_deactivate(cd, "l1"));
}

static void stored_flags(void) {
    SAY("stored flags");
    uint32_t flags = 0;
    begin(luks2, CRYPT_LUKS);
    CALL(crypt_persistent_flags_get(cd, CRYPT_FLAGS_ACTIVATION, &flags));
    printf("    0x%x\n", flags);
    CALL(crypt_persistent_flags_set(
        cd, CRYPT_FLAGS_ACTIVATION,
        CRYPT_ACTIVATE_ALLOW_DISCARDS | CRYPT_ACTIVATE_NO_READ_WORKQUEUE));
    CALL(crypt_persistent_flags_get(cd, CRYPT_FLAGS_ACTIVATION, &flags));
    printf("    0x%x\n", flags);
    CALL(crypt_persistent_flags_get(cd, CRYPT_FLAGS_REQUIREMENTS, &flags));
    printf("    0x%x\n", flags);
    CALL(crypt_persistent_flags_get(cd, (crypt_flags_type)7, &flags));
    CALL(crypt_persistent_flags_get(cd, CRYPT_FLAGS_ACTIVATION, NULL));
    CALL(crypt_persistent_flags_set(cd, (crypt_flags_type)7, 0));
    CALL(crypt_persistent_flags_set(cd, CRYPT_FLAGS_ACTIVATION, CRYPT_ACTIVATE_READONLY));
    CALL(crypt_persistent_flags_get(cd, CRYPT_FLAGS_ACTIVATION, &flags));
    printf("    0x%x\n", flags);
    CALL(crypt_persistent_flags_set(
        cd, CRYPT_FLAGS_ACTIVATION,
        CRYPT_ACTIVATE_ALLOW_DISCARDS | CRYPT_ACTIVATE_NO_READ_WORKQUEUE));
    CALL(crypt_activate_by_passphrase(cd, "l1", CRYPT_ANY_SLOT, "one", 3, 0));
    print_active(cd, "l1");
    CALL(crypt_deactivate(cd, "l1"));
    CALL(crypt_activate_by_passphrase(cd, "l1", CRYPT_ANY_SLOT, "one", 3,
                                      CRYPT_ACTIVATE_IGNORE_PERSISTENT));
    print_active(cd, "l1");
    CALL(crypt_deactivate(cd, "l1"));
    CALL(crypt_persistent_flags_set(cd, CRYPT_FLAGS_ACTIVATION, 0));
    begin(luks1, CRYPT_LUKS);
    CALL(crypt_persistent_flags_get(cd, CRYPT_FLAGS_ACTIVATION, &flags));
    CALL(crypt_persistent_flags_set(cd, CRYPT_FLAGS_ACTIVATION, 8));
}

static void plain_with(const char* cipher, const char* mode, size_t key_size,
                       struct crypt_params_plain* params, uint32_t flags) {
    begin(blank, "nothing");
    printf("-- plain %s-%s, %zu bytes, hash %s, flags 0x%x\n", cipher, mode, key_size,
           params != NULL && params->hash != NULL ? params->hash : "none", flags);
    CALL(crypt_format(cd, CRYPT_PLAIN, cipher, mode, NULL, NULL, key_size, params));
    CALL(crypt_activate_by_passphrase(cd, "p1", CRYPT_ANY_SLOT, "word", 4, flags));
    print_active(cd, "p1");
    if (crypt_status(cd, "p1") >= CRYPT_ACTIVE) {
        char sector[512] = {0};
        const int fd = open("/dev/mapper/p1", O_RDONLY);
        if (fd >= 0 && read(fd, sector, sizeof sector) == sizeof sector) {
            unsigned sum = 0;
            for (size_t i = 0; i < sizeof sector; ++i) sum = sum * 31 + (unsigned char)sector[i];
            printf("    first sector %08x\n", sum);
        }
        if (fd >= 0) close(fd);
        struct crypt_device* mine = cd;
        cd = NULL;
        begin_by_name("p1", NULL);
        CALL(crypt_resize(cd, "p1", 128));
        print_active(cd, "p1");
        CALL(crypt_suspend(cd, "p1"));
        crypt_free(cd);
        cd = mine;
        CALL(crypt_deactivate(cd, "p1"));
    }
}

static void plain(void) {
    SAY("plain");
    struct crypt_params_plain params = {.hash = "sha256"};
    plain_with("aes", "cbc-essiv:sha256", 32, &params, 0);
    plain_with("aes", "xts-plain64", 64, &params, CRYPT_ACTIVATE_READONLY);
    params.hash = "ripemd160";
    params.offset = 8;
    params.skip = 16;
    params.size = 1024;
    plain_with("aes", "cbc-plain", 16, &params, CRYPT_ACTIVATE_ALLOW_DISCARDS);
    params.hash = "sha256:20";
    plain_with("aes", "cbc-plain", 32, &params, 0);
    params.hash = NULL;
    plain_with("aes", "cbc-plain", 32, &params, 0);
    params.hash = "nope";
    plain_with("aes", "cbc-plain", 32, &params, 0);
    params.hash = "sha1";
    params.sector_size = 4096;
    plain_with("aes", "xts-plain64", 32, &params, 0);
    plain_with("aes", "xts-plain64", 32, &params, CRYPT_ACTIVATE_IV_LARGE_SECTORS);
    params.sector_size = 1000;
    plain_with("aes", "xts-plain64", 32, &params, 0);
    params.sector_size = 0;
    params.offset = 99999999;
    plain_with("aes", "xts-plain64", 32, &params, 0);
    begin(blank, "nothing");
    CALL(crypt_format(cd, CRYPT_PLAIN, NULL, "ecb", NULL, NULL, 32, NULL));
    CALL(crypt_format(cd, CRYPT_PLAIN, "aes", NULL, NULL, NULL, 32, NULL));
    CALL(crypt_format(cd, CRYPT_PLAIN, "aes", "ecb", "77777777-7777-7777-7777-777777777777", NULL,
                      32, NULL));
    CALL(crypt_format(cd, CRYPT_PLAIN, "aes", "ecb", NULL, NULL, 2000, NULL));
    CALL(crypt_format(cd, CRYPT_PLAIN, "aes", "cbc-plain", NULL, NULL, 32, NULL));
    CALL(crypt_format(cd, CRYPT_PLAIN, "aes", "cbc-plain", NULL, NULL, 32, NULL));
    TEXT(crypt_get_type(cd));
    CALL(crypt_activate_by_volume_key(cd, "p1", "0123456789abcdef0123456789abcdef", 32, 0));
    print_active(cd, "p1");
    CALL(crypt_activate_by_volume_key(cd, "p1", "0123456789abcdef0123456789abcdef", 32, 0));
    CALL(crypt_deactivate(cd, "p1"));
    CALL(crypt_activate_by_volume_key(cd, "p1", "0123456789abcdef", 16, 0));
    CALL(crypt_activate_by_volume_key(cd, "p1", NULL, 0, 0));
    CALL(crypt_activate_by_volume_key(cd, NULL, "0123456789abcdef0123456789abcdef", 32, 0));
    CALL(crypt_activate_by_passphrase(cd, NULL, CRYPT_ANY_SLOT, "x", 1, 0));
    CALL(crypt_activate_by_passphrase(cd, "p1", 0, "x", 1, 0));
    CALL(crypt_activate_by_keyfile(cd, "p1", CRYPT_ANY_SLOT, keyfile, 3, 0));
    CALL(crypt_activate_by_keyfile(cd, NULL, CRYPT_ANY_SLOT, keyfile, 3, 0));
    CALL(crypt_deactivate(cd, "p1"));
    CALL(crypt_activate_by_token(cd, NULL, CRYPT_ANY_TOKEN, NULL, 0));
    CALL(crypt_activate_by_keyring(cd, NULL, "lk:one", CRYPT_ANY_SLOT, 0));
    CALL(crypt_load(cd, CRYPT_LUKS, NULL));
}

/* Last, as it changes the volume.  The peer answers a wrong passphrase with -ENOENT from here on; ours with -EPERM,
   which is what systemd asks again for. */
static void unbound_keyslot(void) {
    SAY("a keyslot that is not of the data");
    begin(luks2, CRYPT_LUKS);
    const struct crypt_pbkdf_type cheap = {
        .type = "pbkdf2", .hash = "sha256", .iterations = 1000, .flags = CRYPT_PBKDF_NO_BENCHMARK};
    CALL(crypt_set_pbkdf_type(cd, &cheap));
    CALL(crypt_keyslot_add_by_key(cd, 2, NULL, 32, "three", 5, CRYPT_VOLUME_KEY_NO_SEGMENT));
    CALL(crypt_activate_by_passphrase(cd, NULL, CRYPT_ANY_SLOT, "three", 5, 0) < 0);
    CALL(crypt_activate_by_passphrase(cd, NULL, 2, "three", 5, 0));
    CALL(crypt_activate_by_passphrase(cd, NULL, CRYPT_ANY_SLOT, "three", 5,
                                      CRYPT_ACTIVATE_ALLOW_UNBOUND_KEY));
    CALL(crypt_activate_by_passphrase(cd, NULL, 2, "three", 5, CRYPT_ACTIVATE_ALLOW_UNBOUND_KEY));
    CALL(crypt_activate_by_passphrase(cd, "l1", 2, "three", 5, CRYPT_ACTIVATE_ALLOW_UNBOUND_KEY));
    CALL(crypt_activate_by_passphrase(cd, "l1", 2, "three", 5, 0));
}

static void loopaes(const char* keys) {
    SAY("loop-AES");
    struct crypt_params_loopaes params = {.hash = NULL, .offset = 8, .skip = 0};
    begin(blank, "nothing");
    CALL(crypt_format(cd, CRYPT_LOOPAES, "aes", NULL, NULL, NULL, 32, &params));
    TEXT(crypt_get_type(cd));
    TEXT(crypt_get_cipher(cd));
    TEXT(crypt_get_cipher_mode(cd));
    CALL(crypt_get_volume_key_size(cd));
    CALL(crypt_activate_by_passphrase(cd, "a1", CRYPT_ANY_SLOT, "x", 1, 0));
    CALL(crypt_activate_by_keyfile(cd, "a1", CRYPT_ANY_SLOT, "missing", 0, 0));
    CALL(crypt_activate_by_keyfile(cd, "a1", CRYPT_ANY_SLOT, keyfile, 0, 0));
    CALL(crypt_activate_by_keyfile(cd, "a1", CRYPT_ANY_SLOT, keys, 0, 0));
    print_active(cd, "a1");
    begin_by_name("a1", NULL);
    if (cd != NULL) CALL(crypt_deactivate(cd, "a1"));
    begin(blank, "nothing");
    CALL(crypt_format(cd, CRYPT_LOOPAES, "aes", NULL, NULL, NULL, 20000, &params));
    CALL(crypt_format(cd, CRYPT_LOOPAES, "aes", NULL, NULL, NULL, 32, NULL));
}

/* A context of another volume changes no mapping. */
static void other_headers(void) {
    SAY("the header of another volume");
    struct crypt_device* other = NULL;
    for (int round = 0; round < 2; ++round) {
        begin(round == 0 ? luks1 : luks2, CRYPT_LUKS);
        if (crypt_init(&other, round == 0 ? luks2 : luks1) < 0 ||
            crypt_load(other, CRYPT_LUKS, NULL) < 0)
            exit(1);
        crypt_set_log_callback(other, print_log, NULL);
        CALL(crypt_activate_by_passphrase(cd, "l1", CRYPT_ANY_SLOT, "one", 3, 0));
        CALL(crypt_resize(other, "l1", 8));
        CALL(crypt_activate_by_passphrase(other, NULL, CRYPT_ANY_SLOT, "one", 3,
                                          round == 0 ? CRYPT_ACTIVATE_KEYRING_KEY : 0));
        CALL(crypt_resize(other, "l1", 8));
        CALL(crypt_activate_by_passphrase(other, "l1", CRYPT_ANY_SLOT, "one", 3,
                                          CRYPT_ACTIVATE_REFRESH));
        print_active(cd, "l1");
        CALL(crypt_deactivate(cd, "l1"));
        crypt_free(other);
    }
}

int main(int argc, char** argv) {
    if (argc != 7) return 2;
    setbuf(stdout, NULL);
    luks1 = argv[1];
    luks2 = argv[2];
    blank = argv[3];
    header = argv[4];
    keyfile = argv[5];
    errors_without_mappings();
    checks_of_a_secret();
    mappings();
    other_headers();
    detached_header();
    stored_flags();
    plain();
    loopaes(argv[6]);
    unbound_keyslot();
    crypt_free(cd);
    return 0;
}
