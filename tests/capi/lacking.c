// SPDX-License-Identifier: GPL-2.0-or-later
// Calls of missing features: -ENOTSUP, and a log line that names the feature.
#define _GNU_SOURCE 1

#include <dlfcn.h>

#include "transcript.h"

static char last[256];
static void keep(int level, const char* message, void* user) {
    (void)user;
    if (level == CRYPT_LOG_ERROR) snprintf(last, sizeof last, "%s", message);
}

static void check(const char* call, int answer, const char* feature) {
    if (answer != -ENOTSUP || strstr(last, feature) == NULL) {
        printf("FAIL: %s: %d, \"%s\" does not name %s\n", call, answer, last, feature);
        ++failures;
    }
    last[0] = '\0';
}
#define LACKS(call, feature) check(#call, (call), feature)

// Release 2.8 made new versions of these, which copy their arguments; programs of before find the old ones.
static void versions(void) {
    static const struct {
        const char* kind;
        const char* before;
    } kCalls[] = {{"passphrase", "CRYPTSETUP_2.6"}, {"keyfile", "CRYPTSETUP_2.6"},
                  {"token", "CRYPTSETUP_2.6"},      {"volume_key", "CRYPTSETUP_2.6"},
                  {"keyring", "CRYPTSETUP_2.7"},    {"vk_in_keyring", "CRYPTSETUP_2.7"},
                  {"signed_key", "CRYPTSETUP_2.7"}};
    for (size_t i = 0; i < sizeof kCalls / sizeof *kCalls; ++i) {
        char name[64];
        snprintf(name, sizeof name, "crypt_keyslot_context_init_by_%s", kCalls[i].kind);
        const int now = dlvsym(RTLD_DEFAULT, name, "CRYPTSETUP_2.8") != NULL;
        const int then = dlvsym(RTLD_DEFAULT, name, kCalls[i].before) != NULL;
        OURS(now, 1, name);
        OURS(then, 1, name);
    }
}

// The caller may free or overwrite what it gave.
static void copies(struct crypt_device* cd) {
    char word[] = "word", path[] = "key.txt", key[64];
    struct crypt_keyslot_context *kc = NULL, *file = NULL;
    size_t size = sizeof key;
    int fd = open(path, O_CREAT | O_WRONLY | O_TRUNC, 0600);
    if (fd < 0 || write(fd, "word", 4) != 4 || close(fd) != 0) exit(97);
    OURS(crypt_keyslot_add_by_volume_key(cd, 0, NULL, 0, word, 4), 0, "the first keyslot");
    OURS(crypt_keyslot_context_init_by_passphrase(cd, word, 4, &kc), 0, "copied");
    OURS(crypt_keyslot_context_init_by_keyfile(cd, path, 0, 0, &file), 0, "copied");
    memset(word, 'x', sizeof word);
    memset(path, 'x', sizeof path);
    OURS(crypt_volume_key_get_by_keyslot_context(cd, 0, key, &size, kc), 0, "the copy opens");
    OURS(crypt_volume_key_get_by_keyslot_context(cd, 0, key, &size, file), 0, "the copy opens");
    crypt_keyslot_context_free(kc);
    crypt_keyslot_context_free(file);
}

int main(void) {
    struct crypt_device *cd = formatted("l.img", "LUKS2"), *empty = context_of("l.img");
    struct crypt_keyslot_context* kc = NULL;
    crypt_set_log_callback(cd, keep, NULL);
    crypt_set_log_callback(empty, keep, NULL);
    LACKS(crypt_format_luks2_opal(cd, "aes", "xts-plain64", NULL, NULL, 64, NULL, NULL), "OPAL");
    LACKS(crypt_format_inline(empty, "LUKS2", "aes", "xts-plain64", NULL, NULL, 64, NULL), "tags");
    LACKS(
        crypt_reencrypt_init_by_passphrase(cd, "mapping", "a", 1, 0, 0, "aes", "xts-plain64", NULL),
        "active mapping");
    OURS(crypt_reencrypt_init_by_keyslot_context(cd, NULL, NULL, NULL, 0, 0, "aes", "xts-plain64",
                                                 NULL),
         -EINVAL, "no secret");
    LACKS(crypt_wipe_hw_opal(cd, 0, "a", 1, 0), "OPAL");
    LACKS(crypt_activate_by_signed_key(cd, "a", "k", 1, NULL, 0, 0), "verity");
    LACKS(crypt_keyslot_context_init_by_signed_key(cd, "a", 1, "b", 1, &kc), "verity");
    LACKS(crypt_load(empty, "VERITY", NULL), "verity");
    LACKS(crypt_load(empty, "INTEGRITY", NULL), "integrity");
    LACKS(crypt_load(empty, "TCRYPT", NULL), "TCRYPT");
    LACKS(crypt_load(empty, "BITLK", NULL), "BITLK");
    LACKS(crypt_load(empty, "FVAULT2", NULL), "FVAULT2");
    LACKS(crypt_format(empty, "VERITY", NULL, NULL, NULL, NULL, 0, NULL), "verity");
    LACKS(crypt_format(empty, "INTEGRITY", NULL, NULL, NULL, NULL, 0, NULL), "integrity");
    // Calls newer than the peer's release that the other tests compare with.
    OURS(crypt_get_hw_encryption_type(cd), CRYPT_SW_ONLY, "no drive encrypts");
    OURS(crypt_get_hw_encryption_type(NULL), -EINVAL, "no context");
    OURS(crypt_get_hw_encryption_key_size(cd), 0, "no drive encrypts");
    OURS(crypt_get_old_volume_key_size(cd), 0, "no reencryption");
    OURS(crypt_get_old_volume_key_size(NULL), 0, "no context");
    char copy[3] = "";
    OURS(crypt_safe_memcpy(copy, "ab", 3) == copy && strcmp(copy, "ab") == 0, 1, "copied");
    OURS(crypt_safe_memcpy(copy, NULL, 3) == copy && strcmp(copy, "ab") == 0, 1, "nothing to copy");
    OURS(crypt_safe_memcpy(NULL, "ab", 3) == NULL, 1, "no place");
    versions();
    copies(cd);
    OURS(crypt_keyslot_context_init_by_keyring(cd, NULL, &kc), -EINVAL, "no description");
    OURS(crypt_keyslot_context_init_by_keyring(cd, "%user:nobody", &kc), 0, "looked up when used");
    OURS(crypt_keyslot_context_get_type(kc), CRYPT_KC_TYPE_KEYRING, "its type");
    crypt_keyslot_context_free(kc);
    OURS(crypt_keyslot_context_init_by_vk_in_keyring(cd, "%user:nobody", &kc), 0,
         "looked up when used");
    OURS(crypt_keyslot_context_get_type(kc), CRYPT_KC_TYPE_VK_KEYRING, "its type");
    crypt_keyslot_context_free(kc);
    crypt_free(cd);
    crypt_free(empty);
    return finish();
}
