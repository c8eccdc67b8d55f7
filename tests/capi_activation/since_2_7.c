/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Mappings and tokens by the calls that came with 2.7, which the peer's 2.6.1 cannot be compared in: what is known of
   them, said here.  Makes volumes in files of the working directory; takes the folder of the plug-in "answers". */
#include <errno.h>
#include <fcntl.h>
#include <libcryptsetup.h>
#include <linux/keyctl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { KEY_BYTES = 32 };
static const char name[] = "since27";
static struct crypt_device* cd;
static int failures;

#define IS(expression, wanted)                                                                  \
    do {                                                                                        \
        const long is_ = (long)(expression);                                                    \
        if (is_ != (long)(wanted)) {                                                            \
            printf("line %d: %s = %ld, not %ld\n", __LINE__, #expression, is_, (long)(wanted)); \
            ++failures;                                                                         \
        }                                                                                       \
    } while (0)

static long add_key(const char* description, const void* bytes, size_t size) {
    return syscall(SYS_add_key, "user", description, bytes, size, KEY_SPEC_USER_KEYRING);
}

static int activate(const char* as, int keyslot, struct crypt_keyslot_context* kc, uint32_t flags) {
    return crypt_activate_by_keyslot_context(cd, as, keyslot, kc, CRYPT_ANY_SLOT, NULL, flags);
}

static void make_volume(const char* type, const char* file) {
    const struct crypt_pbkdf_type cheap = {
        .type = "pbkdf2", .hash = "sha256", .iterations = 1000, .flags = CRYPT_PBKDF_NO_BENCHMARK};
    const int fd = open(file, O_RDWR | O_CREAT | O_TRUNC, 0600);
    if (fd < 0 || ftruncate(fd, 20 << 20) != 0) exit(2);
    close(fd);
    IS(crypt_init(&cd, file), 0);
    IS(crypt_set_pbkdf_type(cd, &cheap), 0);
    IS(crypt_format(cd, type, "aes", "xts-plain64", NULL, NULL, KEY_BYTES, NULL), 0);
    IS(crypt_keyslot_add_by_volume_key(cd, 0, NULL, 0, "one", 3), 0);
    IS(crypt_keyslot_add_by_volume_key(cd, 1, NULL, 0, "two", 3), 1);
    crypt_free(cd);
    IS(crypt_init(&cd, file), 0);
    IS(crypt_load(cd, type, NULL), 0);
}

/* What opens, by each kind of secret; and what does not, is remembered by the context. */
static void check_secrets(void) {
    struct crypt_keyslot_context* kc = NULL;
    IS(crypt_keyslot_context_init_by_passphrase(cd, "two", 3, &kc), 0);
    IS(activate(NULL, CRYPT_ANY_SLOT, kc, 0), 1);
    IS(activate(NULL, 1, kc, 0), 1);
    IS(activate(NULL, 0, kc, 0), -EPERM);
    IS(crypt_keyslot_context_get_error(kc), -EPERM);
    IS(activate(NULL, 7, kc, 0), -ENOENT);
    IS(activate(NULL, 1, kc, 0), 1);
    IS(crypt_keyslot_context_get_error(kc), 0);
    IS(activate(NULL, CRYPT_ANY_SLOT, NULL, 0), -EINVAL);
    IS(crypt_activate_by_keyslot_context(NULL, NULL, 1, kc, CRYPT_ANY_SLOT, NULL, 0), -EINVAL);
    crypt_keyslot_context_free(kc);

    IS(add_key("since27:passphrase", "one", 3) > 0, 1);
    IS(crypt_keyslot_context_init_by_keyring(cd, "%user:since27:passphrase", &kc), 0);
    IS(crypt_keyslot_context_get_type(kc), CRYPT_KC_TYPE_KEYRING);
    IS(activate(NULL, CRYPT_ANY_SLOT, kc, 0), 0);
    crypt_keyslot_context_free(kc);

    IS(crypt_keyslot_context_init_by_keyring(cd, "since27:passphrase", &kc), 0);
    IS(activate(NULL, CRYPT_ANY_SLOT, kc, 0), 0);
    crypt_keyslot_context_free(kc);
    IS(crypt_keyslot_context_init_by_keyring(cd, "%user:since27:nobody", &kc), 0);
    IS(activate(NULL, CRYPT_ANY_SLOT, kc, 0), -EINVAL);
    crypt_keyslot_context_free(kc);

    IS(crypt_keyslot_context_init_by_signed_key(cd, "root", 4, "hash", 4, &kc), -ENOTSUP);
}

static void map_suspend_resume(void) {
    struct crypt_keyslot_context* right = NULL;
    struct crypt_keyslot_context* wrong = NULL;
    struct crypt_active_device active = {0};
    IS(crypt_keyslot_context_init_by_passphrase(cd, "one", 3, &right), 0);
    IS(crypt_keyslot_context_init_by_passphrase(cd, "none", 4, &wrong), 0);
    IS(activate(name, CRYPT_ANY_SLOT, wrong, 0), -EPERM);
    IS(crypt_status(cd, name), CRYPT_INACTIVE);
    IS(activate(name, CRYPT_ANY_SLOT, right, CRYPT_ACTIVATE_READONLY), 0);
    IS(crypt_status(cd, name), CRYPT_ACTIVE);
    IS(crypt_get_active_device(cd, name, &active), 0);
    IS(active.flags & CRYPT_ACTIVATE_READONLY, CRYPT_ACTIVATE_READONLY);
    IS(activate(name, CRYPT_ANY_SLOT, right, 0), -EEXIST);

    IS(crypt_resume_by_keyslot_context(cd, name, CRYPT_ANY_SLOT, right),
       -EINVAL); /* it is not suspended */
    IS(crypt_suspend(cd, name), 0);
    IS(crypt_resume_by_keyslot_context(cd, name, CRYPT_ANY_SLOT, NULL), -EINVAL);
    IS(crypt_resume_by_keyslot_context(cd, name, CRYPT_ANY_SLOT, wrong), -EPERM);
    IS(crypt_get_active_device(cd, name, &active), 0);
    IS(active.flags & CRYPT_ACTIVATE_SUSPENDED, CRYPT_ACTIVATE_SUSPENDED);
    IS(crypt_resume_by_keyslot_context(cd, name, CRYPT_ANY_SLOT, right), 0);
    IS(crypt_get_active_device(cd, name, &active), 0);
    IS(active.flags & CRYPT_ACTIVATE_SUSPENDED, 0);
    IS(crypt_deactivate(cd, name), 0);
    crypt_keyslot_context_free(wrong);
    crypt_keyslot_context_free(right);
}

/* The volume key itself: from memory, and from a keyring that crypt_set_keyring_to_link() put it in. */
static void keys_in_keyrings(void) {
    struct crypt_keyslot_context* kc = NULL;
    char key[KEY_BYTES];
    char linked[KEY_BYTES + 1];
    size_t size = sizeof key;
    IS(crypt_volume_key_get(cd, CRYPT_ANY_SLOT, key, &size, "one", 3), 0);
    IS(crypt_keyslot_context_init_by_volume_key(cd, key, size, &kc), 0);
    IS(activate(NULL, CRYPT_ANY_SLOT, kc, 0), 0);
    crypt_keyslot_context_free(kc);

    IS(crypt_set_keyring_to_link(cd, "since27:linked", NULL, "asymmetric", "@u"), -EINVAL);
    IS(crypt_set_keyring_to_link(cd, NULL, NULL, "user", "@u"), -EINVAL);
    IS(crypt_set_keyring_to_link(cd, "since27:linked", NULL, NULL, NULL), -EINVAL);
    IS(crypt_set_keyring_to_link(NULL, "since27:linked", NULL, "user", "@u"), -EINVAL);
    IS(crypt_set_keyring_to_link(cd, "since27:linked", NULL, "user", "@u"), 0);
    IS(crypt_activate_by_passphrase(cd, name, CRYPT_ANY_SLOT, "one", 3, CRYPT_ACTIVATE_KEYRING_KEY),
       0);
    const long number =
        syscall(SYS_keyctl, KEYCTL_SEARCH, KEY_SPEC_USER_KEYRING, "user", "since27:linked", 0);
    IS(number > 0, 1);
    IS(syscall(SYS_keyctl, KEYCTL_READ, number, linked, sizeof linked, 0), KEY_BYTES);
    IS(memcmp(key, linked, KEY_BYTES), 0);
    IS(crypt_deactivate(cd, name), 0);

    IS(crypt_keyslot_context_init_by_vk_in_keyring(cd, "%user:since27:linked", &kc), 0);
    IS(crypt_keyslot_context_get_type(kc), CRYPT_KC_TYPE_VK_KEYRING);
    IS(activate(name, CRYPT_ANY_SLOT, kc, 0), 0);
    IS(crypt_suspend(cd, name), 0);
    IS(crypt_resume_by_keyslot_context(cd, name, CRYPT_ANY_SLOT, kc), 0);
    IS(crypt_deactivate(cd, name), 0);
    crypt_keyslot_context_free(kc);

    /* Off again: the next mapping leaves nothing. */
    IS(crypt_set_keyring_to_link(cd, NULL, NULL, NULL, NULL), 0);
    IS(syscall(SYS_keyctl, KEYCTL_UNLINK, number, KEY_SPEC_USER_KEYRING), 0);
    IS(crypt_activate_by_passphrase(cd, name, CRYPT_ANY_SLOT, "one", 3, CRYPT_ACTIVATE_KEYRING_KEY),
       0);
    IS(syscall(SYS_keyctl, KEYCTL_SEARCH, KEY_SPEC_USER_KEYRING, "user", "since27:linked", 0), -1);
    IS(crypt_deactivate(cd, name), 0);
}

static void plug_ins_elsewhere(const char* folder) {
    const char* json = "{\"type\":\"answers\",\"keyslots\":[\"0\"],\"secret\":\"one\"}";
    IS(crypt_token_json_set(cd, 0, json), 0);
    IS(crypt_token_set_external_path(NULL), -EINVAL);
    IS(crypt_token_set_external_path("relative"), -EINVAL);
    IS(crypt_token_status(cd, 0, NULL), CRYPT_TOKEN_EXTERNAL_UNKNOWN);
    IS(crypt_token_set_external_path(folder), 0);
    IS(strcmp(crypt_token_external_path(), folder), 0);
    IS(crypt_token_status(cd, 0, NULL), CRYPT_TOKEN_EXTERNAL);
    crypt_token_external_disable();
    IS(crypt_token_external_path() == NULL, 1);
    IS(crypt_token_set_external_path(folder), -EINVAL);
}

int main(int count, char** words) {
    if (count != 2) return 2;
    setvbuf(stdout, NULL, _IONBF, 0);
    crypt_set_log_callback(NULL, NULL, NULL);
    /* As a login does: what is in the user's keyring is the session's, too. */
    IS(syscall(SYS_keyctl, KEYCTL_JOIN_SESSION_KEYRING, NULL) > 0, 1);
    IS(syscall(SYS_keyctl, KEYCTL_LINK, KEY_SPEC_USER_KEYRING, KEY_SPEC_SESSION_KEYRING), 0);
    make_volume(CRYPT_LUKS1, "one.img");
    check_secrets();
    IS(crypt_set_keyring_to_link(cd, "since27:linked", NULL, "user", "@u"),
       -EINVAL); /* LUKS2 alone */
    map_suspend_resume();
    crypt_free(cd);
    make_volume(CRYPT_LUKS2, "two.img");
    check_secrets();
    map_suspend_resume();
    keys_in_keyrings();
    plug_ins_elsewhere(words[1]);
    crypt_free(cd);
    return failures != 0;
}
