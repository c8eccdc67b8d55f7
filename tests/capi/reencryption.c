// SPDX-License-Identifier: GPL-2.0-or-later
// Reencryption of volumes that are not open: begin, stop, resume, end.
#include <dlfcn.h>
#include <sys/stat.h>

#include "first_versions.h"
#include "transcript.h"

FIRST_VERSION(passphrase);

enum { MIB = 1024 * 1024, SHIFT = 8 * MIB, NODE = 64 * MIB };

static const struct crypt_params_luks2 small_sectors = {.sector_size = 512};

static struct crypt_params_reencrypt params(crypt_reencrypt_mode_info mode, const char* resilience,
                                            uint32_t flags) {
    const struct crypt_params_reencrypt made = {.mode = mode,
                                                .direction = CRYPT_REENCRYPT_FORWARD,
                                                .resilience = resilience,
                                                .hash = "sha256",
                                                .luks2 = &small_sectors,
                                                .flags = flags};
    return made;
}

static int init(struct crypt_device* cd, const char* passphrase, int before, int after,
                const struct crypt_params_reencrypt* how) {
    return crypt_reencrypt_init_by_passphrase(cd, NULL, passphrase, 3, before, after, "aes",
                                              "xts-plain64", how);
}
// Without a cipher: of what is in progress, or of a decryption.
static int resume(struct crypt_device* cd, const char* passphrase, int keyslot,
                  const struct crypt_params_reencrypt* how) {
    return crypt_reencrypt_init_by_passphrase(cd, NULL, passphrase, 3, keyslot, CRYPT_ANY_SLOT,
                                              NULL, NULL, how);
}
static int init_with_cipher(struct crypt_device* cd, const char* cipher,
                            const struct crypt_params_reencrypt* how) {
    return crypt_reencrypt_init_by_passphrase(cd, NULL, "abc", 3, 0, 1, cipher, "xts-plain64", how);
}

static void show_status(struct crypt_device* cd) {
    struct crypt_params_reencrypt is;
    const int status = crypt_reencrypt_status(cd, &is);
    printf("status %d: mode %d, direction %d, resilience %s, hash %s, shift %llu, flags %u\n",
           status, (int)is.mode, (int)is.direction, is.resilience != NULL ? is.resilience : "-",
           is.hash != NULL ? is.hash : "-", (unsigned long long)is.data_shift, is.flags);
}

static int calls, stop_at;
static uint64_t last_size, last_offset;
static int progress(uint64_t size, uint64_t offset, void* user) {
    (void)user;
    last_size = size;
    last_offset = offset;
    return ++calls == stop_at;
}
static int run(struct crypt_device* cd, int stop) {
    calls = 0;
    stop_at = stop;
    return crypt_reencrypt_run(cd, progress, NULL);
}

static void fill(const char* path, long bytes) {
    FILE* file = fopen(path, "w");
    if (file == NULL) exit(94);
    uint32_t state = 1;
    for (long i = 0; i < bytes; i += (long)sizeof state) {
        state = state * 1664525U + 1013904223U;
        if (fwrite(&state, sizeof state, 1, file) != 1) exit(94);
    }
    if (fclose(file) != 0) exit(94);
}
static void copy_file(const char* from, const char* to) {
    char command[64];
    snprintf(command, sizeof command, "cp %s %s", from, to);
    if (system(command) != 0) exit(93);
}
// Returns whether two files hold the same from their beginning on.
static int same(const char* one, const char* other, long bytes) {
    char command[96];
    snprintf(command, sizeof command, "cmp -s -n %ld %s %s", bytes, one, other);
    return system(command) == 0;
}

// A volume with the passphrase "abc" for its key in keyslot 0 and for a further key in keyslot 1.
static struct crypt_device* volume(void) {
    struct crypt_device* cd = formatted("r.img", "LUKS2");
    if (crypt_keyslot_add_by_volume_key(cd, 0, NULL, 0, "abc", 3) != 0) exit(92);
    if (crypt_keyslot_add_by_key(cd, 1, NULL, 64, "abc", 3, CRYPT_VOLUME_KEY_NO_SEGMENT) != 1)
        exit(91);
    return cd;
}

static void refused(void) {
    printf("## refused, and nothing changes\n");
    struct crypt_device* cd = volume();
    const struct crypt_params_reencrypt usual = params(CRYPT_REENCRYPT_REENCRYPT, "checksum", 0);
    struct crypt_params_reencrypt odd = usual;
    show_status(cd);
    SHOW(crypt_reencrypt_run(cd, NULL, NULL));
    SHOW(crypt_reencrypt(cd, NULL));
    quiet = 1;  // ours says what is wrong, the peer that something is
    SHOW(init(cd, "abc", CRYPT_ANY_SLOT, CRYPT_ANY_SLOT, NULL));
    SHOW(init(cd, "bad", 0, 1, &usual));
    SHOW(init(cd, "abc", 0, 5, &usual));
    SHOW(init(cd, "abc", 5, 1, &usual));
    SHOW(init(cd, "abc", 0, 1, NULL));
    odd.resilience = "nope";
    SHOW(init(cd, "abc", 0, 1, &odd));
    odd.resilience = NULL;
    SHOW(init(cd, "abc", 0, 1, &odd));
    odd = usual;
    odd.hash = "nope";
    SHOW(init(cd, "abc", 0, 1, &odd));
    odd = usual;
    odd.luks2 = NULL;
    SHOW(init(cd, "abc", 0, 1, &odd));
    odd = usual;
    odd.mode = (crypt_reencrypt_mode_info)7;
    SHOW(init(cd, "abc", 0, 1, &odd));
    SHOW(init_with_cipher(cd, NULL, &usual));
    SHOW(crypt_reencrypt_init_by_keyring(cd, NULL, "latchkey-no-such-key", 0, 1, "aes",
                                         "xts-plain64", &usual));
    quiet = 0;
    SHOW(init(cd, NULL, 0, 1, &usual));
    SHOW(init(cd, "abc", 0, CRYPT_ANY_SLOT, &usual));
    odd = usual;
    odd.flags = CRYPT_REENCRYPT_RESUME_ONLY;
    SHOW(init(cd, "abc", 0, 1, &odd));
    show_status(cd);
    show_keyslots(cd);
    OURS(init(cd, "abc", 0, 0, &usual), -EINVAL, "the data would get the key that they have");
    OURS(init_with_cipher(cd, "nope", &usual), -EINVAL, "an unknown cipher is a wrong parameter");
    odd = usual;
    odd.max_hotzone_size = 7;
    OURS(init(cd, "abc", 0, 1, &odd), -EINVAL, "the peer refuses, but has begun");
    odd = usual;
    odd.device_size = 2048;
    OURS(init(cd, "abc", 0, 1, &odd), -ENOTSUP, "part of the data");
    OURS(crypt_reencrypt_init_by_passphrase(cd, "r", "abc", 3, 0, 1, "aes", "xts-plain64", &usual),
         -ENOTSUP, "a mapping that is active");
    if (on_ours() && crypt_reencrypt_status(cd, NULL) != CRYPT_REENCRYPT_NONE) ++failures;
    crypt_free(cd);
    struct crypt_device* one = formatted("r1.img", "LUKS1");
    crypt_keyslot_add_by_volume_key(one, 0, NULL, 0, "abc", 3);
    SHOW(init(one, "abc", 0, 1, &usual));
    SHOW(crypt_reencrypt_run(one, NULL, NULL));
    show_status(one);
    crypt_free(one);
}

static void new_key(void) {
    printf("## a new key\n");
    struct crypt_device* cd = volume();
    struct crypt_params_reencrypt how =
        params(CRYPT_REENCRYPT_REENCRYPT, "checksum", CRYPT_REENCRYPT_INITIALIZE_ONLY);
    SHOW(init(cd, "abc", 0, 1, &how));
    show_status(cd);
    SHOW(crypt_reencrypt_run(cd, NULL, NULL));
    SHOW(init(cd, "abc", 0, 1, &how));
    if (on_ours())
        OURS(crypt_keyslot_destroy(cd, 0), -EINVAL, "the peer destroys the key that the data have");
    crypt_free(cd);

    cd = context_of("r.img");
    SHOW(crypt_load(cd, CRYPT_LUKS2, NULL));
    show_status(cd);
    how.flags = CRYPT_REENCRYPT_RESUME_ONLY;
    how.max_hotzone_size = MIB / 512;
    SHOW(init(cd, "abc", CRYPT_ANY_SLOT, CRYPT_ANY_SLOT, &how));
    SHOW(resume(cd, "bad", 0, &how));
    OURS(resume(cd, "bad", CRYPT_ANY_SLOT, &how), -EPERM, "a wrong passphrase");
    SHOW(resume(cd, "abc", CRYPT_ANY_SLOT, &how));
    SHOW(run(cd, 3));
    printf("stopped after %d: %d\n", calls == 3, last_offset < last_size);
    show_status(cd);
    SHOW(crypt_reencrypt_run(cd, NULL, NULL));
    SHOW(resume(cd, "abc", CRYPT_ANY_SLOT, NULL));
    SHOW(run(cd, 0));
    printf("all of the data: %d\n", last_offset == last_size);
    show_status(cd);
    show_keyslots(cd);
    SHOW(crypt_activate_by_passphrase(cd, NULL, CRYPT_ANY_SLOT, "abc", 3, 0));
    crypt_free(cd);
}

static void by_contexts(void) {
    if (!on_ours()) return;  // the call is of 2.8
    struct crypt_device* cd = volume();
    struct crypt_keyslot_context *before, *after;
    crypt_keyslot_change_by_passphrase(cd, 1, 1, "abc", 3, "xyz", 3);
    crypt_keyslot_context_init_by_passphrase(cd, "abc", 3, &before);
    crypt_keyslot_context_init_by_passphrase(cd, "xyz", 3, &after);
    const struct crypt_params_reencrypt how = params(CRYPT_REENCRYPT_REENCRYPT, "journal", 0);
    int (*begin)(struct crypt_device*, const char*, struct crypt_keyslot_context*,
                 struct crypt_keyslot_context*, int, int, const char*, const char*,
                 const struct crypt_params_reencrypt*) = NULL;
    // The program must also start with the peer of 2.6.
    void* const found = dlsym(RTLD_DEFAULT, "crypt_reencrypt_init_by_keyslot_context");
    if (found == NULL) exit(88);
    memcpy(&begin, &found, sizeof begin);
    OURS(begin(cd, NULL, before, before, 0, 1, "aes", "xts-plain64", &how), -EPERM,
         "not the passphrase of 1");
    OURS(begin(cd, NULL, before, after, 0, 1, "aes", "xts-plain64", &how), 2, "two passphrases");
    OURS(run(cd, 1), 0, "stopped");
    OURS(begin(cd, NULL, before, after, 0, 1, NULL, NULL, NULL), 2, "resumed with both");
    OURS(run(cd, 0), 0, "ended");
    OURS(crypt_activate_by_passphrase(cd, NULL, CRYPT_ANY_SLOT, "xyz", 3, 0), 1,
         "the new keyslot opens");
    OURS(crypt_reencrypt_status(cd, NULL), CRYPT_REENCRYPT_NONE, "ended");
    crypt_keyslot_context_free(before);
    crypt_keyslot_context_free(after);
    crypt_free(cd);
}

// A header in a file of its own, for the data of `node`, whose first bytes move to make room for it.
static struct crypt_device* header_for(const char* node, struct crypt_params_luks2* luks2) {
    struct crypt_device* cd = context_of(new_image("r.header", SHIFT));
    cheap(cd);
    luks2->data_device = node;
    luks2->sector_size = 512;
    SHOW(crypt_set_data_offset(cd, SHIFT / 512));
    SHOW(crypt_format(cd, CRYPT_LUKS2, "aes", "xts-plain64", NULL, NULL, 64, luks2));
    SHOW(crypt_keyslot_add_by_volume_key(cd, 0, NULL, 0, "abc", 3));
    return cd;
}

// As systemd-repart and cryptsetup do it.
static void encrypt(void) {
    printf("## data in clear\n");
    struct crypt_params_luks2 luks2 = {0};
    fill("r.clear", NODE);
    copy_file("r.clear", "r.node");
    struct crypt_device* cd = header_for("r.node", &luks2);
    struct crypt_params_reencrypt how =
        params(CRYPT_REENCRYPT_ENCRYPT, "datashift",
               CRYPT_REENCRYPT_INITIALIZE_ONLY | CRYPT_REENCRYPT_MOVE_FIRST_SEGMENT);
    how.luks2 = &luks2;
    how.data_shift = SHIFT / 512;
    how.direction = CRYPT_REENCRYPT_BACKWARD;
    how.resilience = "checksum";
    quiet = 1;
    SHOW(init(cd, "abc", CRYPT_ANY_SLOT, 0, &how));
    how.resilience = "datashift";
    quiet = 0;
    SHOW(init(cd, "abc", CRYPT_ANY_SLOT, CRYPT_ANY_SLOT, &how));
    printf("the data are unchanged: %d\n", same("r.node", "r.clear", NODE));
    SHOW(init(cd, "abc", CRYPT_ANY_SLOT, 0, &how));
    show_status(cd);
    printf("the data are where they were: %d\n", same("r.node", "r.clear", NODE - SHIFT));
    crypt_free(cd);

    cd = context_of("r.node");
    SHOW(crypt_header_restore(cd, CRYPT_LUKS2, "r.header"));
    crypt_free(cd);
    cd = context_of("r.node");
    SHOW(crypt_load(cd, CRYPT_LUKS2, NULL));
    how.flags = CRYPT_REENCRYPT_RESUME_ONLY;
    SHOW(resume(cd, "abc", CRYPT_ANY_SLOT, &how));
    show_status(cd);
    SHOW(run(cd, 2));
    show_status(cd);
    SHOW(resume(cd, "abc", CRYPT_ANY_SLOT, &how));
    SHOW(run(cd, 0));
    show_status(cd);
    show_keyslots(cd);
    SHOW(crypt_get_data_offset(cd));
    crypt_free(cd);
}

// In place, and what was encrypted above back to data in clear.
static void decrypt(void) {
    printf("## back to data in clear\n");
    unlink("r.exported");
    struct crypt_device* cd = context_of("r.node");
    SHOW(crypt_load(cd, CRYPT_LUKS2, NULL));
    SHOW(crypt_header_backup(cd, CRYPT_LUKS2, "r.exported"));
    crypt_free(cd);
    if (chmod("r.exported", 0600) != 0) exit(90);
    if (crypt_init_data_device(&cd, "r.exported", "r.node") != 0) exit(89);
    crypt_set_log_callback(cd, log_line, NULL);
    cheap(cd);
    SHOW(crypt_load(cd, CRYPT_LUKS2, NULL));
    struct crypt_params_reencrypt how =
        params(CRYPT_REENCRYPT_DECRYPT, "datashift-checksum", CRYPT_REENCRYPT_MOVE_FIRST_SEGMENT);
    how.data_shift = SHIFT / 512;
    SHOW(resume(cd, "abc", 0, &how));
    show_status(cd);
    SHOW(run(cd, 0));
    show_status(cd);
    crypt_free(cd);
    printf("the data are what they were: %d\n", same("r.node", "r.clear", NODE - 2 * SHIFT));
}

int main(void) {
    refused();
    new_key();
    by_contexts();
    encrypt();
    decrypt();
    return finish();
}
