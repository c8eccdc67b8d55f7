// SPDX-License-Identifier: GPL-2.0-or-later
// Calls of missing features: -ENOTSUP, and a log line that names the feature.
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

int main(void) {
    struct crypt_device *cd = formatted("l.img", "LUKS2"), *empty = context_of("l.img");
    struct crypt_keyslot_context* kc = NULL;
    crypt_set_log_callback(cd, keep, NULL);
    crypt_set_log_callback(empty, keep, NULL);
    LACKS(crypt_reencrypt_init_by_passphrase(cd, NULL, "a", 1, 0, 0, "aes", "xts-plain64", NULL),
          "reencryption");
    LACKS(crypt_reencrypt_init_by_keyring(cd, NULL, "a", 0, 0, "aes", "xts-plain64", NULL),
          "reencryption");
    LACKS(crypt_reencrypt(cd, NULL), "reencryption");
    LACKS(crypt_reencrypt_run(cd, NULL, NULL), "reencryption");
    LACKS(crypt_format_luks2_opal(cd, "aes", "xts-plain64", NULL, NULL, 64, NULL, NULL), "OPAL");
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
