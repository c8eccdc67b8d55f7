// SPDX-License-Identifier: GPL-2.0-or-later
// Keyslots opened by passphrases, key files, keys and keyslot contexts, and their volume key.
#include "first_versions.h"
#include "transcript.h"

FIRST_VERSION(keyfile);
FIRST_VERSION(passphrase);
FIRST_VERSION(token);
FIRST_VERSION(volume_key);

static const char other_key[] = "1234567890123456789012345678901212345678901234567890123456789012";
static const char short_key[] = "12345678901234567890123456789012";

static void add(const char* type) {
    struct crypt_device* cd = formatted("k.img", type);
    char key[64], again[64];
    size_t size = sizeof key;
    show_keyslots(cd);
    SHOW(crypt_volume_key_get_by_keyslot_context(cd, -1, key, &size, NULL));
    SHOW(size);
    SHOW(crypt_keyslot_add_by_passphrase(cd, -1, NULL, 0, "abc", 3));
    SHOW(crypt_keyslot_add_by_passphrase(cd, -1, "ignored", 7, NULL, 0));
    SHOW(crypt_keyslot_add_by_passphrase(cd, -1, "ignored", 7, "abc", 3));
    SHOW(crypt_keyslot_add_by_passphrase(cd, -1, "wrong", 5, "def", 3));
    SHOW(crypt_keyslot_add_by_passphrase(cd, 5, "abc", 3, "def", 3));
    SHOW(crypt_keyslot_add_by_passphrase(cd, 5, "abc", 3, "ghi", 3));
    SHOW(crypt_keyslot_add_by_passphrase(cd, 99, "abc", 3, "ghi", 3));
    SHOW(crypt_keyslot_add_by_passphrase(cd, -2, "abc", 3, "ghi", 3));
    SHOW(crypt_keyslot_add_by_volume_key(cd, -1, NULL, 0, "ghi", 3));
    SHOW(crypt_keyslot_add_by_volume_key(cd, -1, NULL, 7, NULL, 0));
    SHOW(crypt_keyslot_add_by_volume_key(cd, 4, other_key, 64, "ghi", 3));
    SHOW(crypt_keyslot_add_by_volume_key(cd, 4, key, 32, "ghi", 3));
    SHOW(crypt_keyslot_add_by_volume_key(cd, 4, key, 64, "ghi", 3));
    SHOW(crypt_keyslot_add_by_volume_key(cd, 7, key, 64, "", 0));
    show_keyslots(cd);
    SHOW(crypt_volume_key_verify(cd, key, 64));
    SHOW(crypt_volume_key_verify(cd, other_key, 64));
    SHOW(crypt_volume_key_verify(cd, key, 32));
    SHOW(crypt_volume_key_verify(cd, NULL, 64));
    size = 8;
    SHOW(crypt_volume_key_get(cd, -1, again, &size, "def", 3));
    size = 64;
    SHOW(crypt_volume_key_get(cd, -1, again, &size, "def", 3));
    SHOW(size);
    SHOW(memcmp(key, again, 64));
    SHOW(crypt_volume_key_get(cd, 5, again, &size, "def", 3));
    SHOW(crypt_volume_key_get(cd, 0, again, &size, "def", 3));
    SHOW(crypt_volume_key_get(cd, 7, again, &size, "", 0));
    const int inactive = crypt_keyslot_max(type) == 8 ? -ENOENT : -EINVAL;
    OURS(crypt_volume_key_get(cd, 3, again, &size, "def", 3), inactive,
         "the peer gives the key that it has since format instead, whatever the passphrase is");
    OURS(crypt_volume_key_get(cd, 99, again, &size, "def", 3), inactive, "the same");
    SHOW(crypt_volume_key_get(cd, -1, again, &size, "wrong", 5));
    SHOW(crypt_volume_key_get(cd, -1, NULL, &size, "def", 3));
    SHOW(crypt_volume_key_get(cd, -1, again, NULL, "def", 3));
    SHOW(crypt_keyslot_get_key_size(cd, 0));
    OURS(crypt_keyslot_get_key_size(cd, 3),
         crypt_keyslot_max(crypt_get_type(cd)) == 8 ? 64 : -ENOENT, "the peer says -1 for LUKS2");
    SHOW(crypt_keyslot_get_key_size(cd, 99));
    uint64_t offset = 0, length = 0;
    for (int slot = 0; slot < 6; ++slot) {
        SHOW(crypt_keyslot_area(cd, slot, &offset, &length));
        printf("area %lu %lu\n", (unsigned long)offset, (unsigned long)length);
    }
    SHOW(crypt_keyslot_area(cd, 0, NULL, &length));
    SHOW(crypt_keyslot_area(cd, 99, &offset, &length));
    struct crypt_pbkdf_type kdf = {0};
    SHOW(crypt_keyslot_get_pbkdf(cd, 0, &kdf));
    printf("%s %s %u\n", kdf.type, kdf.hash, kdf.iterations);
    SHOW(crypt_keyslot_get_pbkdf(cd, 3, &kdf));
    SHOW(crypt_keyslot_get_pbkdf(cd, -1, &kdf));
    SHOW(crypt_keyslot_get_pbkdf(cd, 0, NULL));
    SHOW_TEXT(crypt_keyslot_get_encryption(cd, 0, &size));
    SHOW(size);
    SHOW_TEXT(crypt_keyslot_get_encryption(cd, 3, &size));
    SHOW_TEXT(crypt_keyslot_get_encryption(cd, -1, &size));
    SHOW_TEXT(crypt_keyslot_get_encryption(cd, 0, NULL));
    OURS(crypt_keyslot_set_priority(cd, 0, (crypt_keyslot_priority)3), -EINVAL,
         "the peer stores anything");
    OURS(crypt_keyslot_set_priority(cd, 0, (crypt_keyslot_priority)-2), -EINVAL, "the same");
    for (int priority = -1; priority < 3; ++priority)
        SHOW(crypt_keyslot_set_priority(cd, 0, (crypt_keyslot_priority)priority));
    SHOW(crypt_keyslot_set_priority(cd, 3, CRYPT_SLOT_PRIORITY_PREFER));
    SHOW(crypt_keyslot_set_priority(cd, 99, CRYPT_SLOT_PRIORITY_PREFER));
    SHOW(crypt_keyslot_get_priority(cd, 0));
    SHOW(crypt_keyslot_get_priority(cd, 3));
    SHOW(crypt_keyslot_get_priority(cd, 99));
    SHOW(crypt_keyslot_get_priority(cd, 5));
    crypt_free(cd);
    // A loaded context has no key at first.
    cd = context_of("k.img");
    cheap(cd);
    SHOW(crypt_load(cd, NULL, NULL));
    SHOW(crypt_keyslot_add_by_volume_key(cd, -1, NULL, 64, "x", 1));
    SHOW(crypt_volume_key_get_by_keyslot_context(cd, -1, again, &size, NULL));
    SHOW(crypt_volume_key_get(cd, 3, again, &size, "def", 3));
    SHOW(crypt_volume_key_get(cd, 99, again, &size, "def", 3));
    SHOW(crypt_volume_key_get(cd, -1, again, &size, "def", 3));
    SHOW(crypt_keyslot_destroy(cd, 3));
    SHOW(crypt_keyslot_destroy(cd, 99));
    SHOW(crypt_keyslot_destroy(cd, -1));
    for (int slot = 0; slot < 8; ++slot) crypt_keyslot_destroy(cd, slot);
    show_keyslots(cd);
    SHOW(crypt_get_volume_key_size(cd) > 0 || crypt_keyslot_max(crypt_get_type(cd)) == 32);
    SHOW(crypt_keyslot_add_by_passphrase(cd, -1, "abc", 3, "def", 3));
    SHOW(crypt_keyslot_add_by_volume_key(cd, -1, key, 64, "after", 5));
    show_keyslots(cd);
    crypt_free(cd);
}

static void fill(const char* type) {
    struct crypt_device* cd = context_of(new_image("k.img", 32 * 1024 * 1024));
    int added = 0;
    cheap(cd);
    SHOW(crypt_format(cd, type, "aes", "xts-plain64", NULL, NULL, 64, NULL));
    for (int slot = 0; slot < 40 && added >= 0; ++slot) {
        if (slot == 7) show_keyslots(cd);
        added = crypt_keyslot_add_by_volume_key(cd, -1, NULL, 0, "abc", 3);
        printf("%d ", added);
    }
    printf("\n");
    show_keyslots(cd);
    crypt_free(cd);
}

static void change(const char* type) {
    struct crypt_device* cd = formatted("k.img", type);
    SHOW(crypt_keyslot_add_by_volume_key(cd, 0, NULL, 0, "abc", 3));
    SHOW(crypt_keyslot_add_by_volume_key(cd, 1, NULL, 0, "def", 3));
    SHOW(crypt_keyslot_change_by_passphrase(cd, 0, 0, "abc", 3, "abd", 3));
    SHOW(crypt_keyslot_change_by_passphrase(cd, 0, 0, "abc", 3, "abe", 3));
    if (crypt_keyslot_max(type) == 8)
        SHOW(crypt_keyslot_change_by_passphrase(cd, 0, 1, "abd", 3, "abe", 3));
    SHOW(crypt_keyslot_change_by_passphrase(cd, 0, 5, "abd", 3, "abe", 3));
    show_keyslots(cd);
    SHOW(crypt_keyslot_change_by_passphrase(cd, -1, 3, "abe", 3, "abf", 3));
    show_keyslots(cd);
    SHOW(crypt_keyslot_change_by_passphrase(cd, 4, -1, "abf", 3, "abg", 3));
    SHOW(crypt_keyslot_change_by_passphrase(cd, 99, -1, "abf", 3, "abg", 3));
    if (crypt_keyslot_max(type) == 8)
        SHOW(crypt_keyslot_change_by_passphrase(cd, 3, 99, "abf", 3, "abg", 3));
    OURS(crypt_keyslot_change_by_passphrase(cd, 3, 99, "abf", 3, "abg", 3), -EINVAL,
         "the peer's words differ");
    SHOW(crypt_keyslot_change_by_passphrase(cd, -1, -1, "wrong", 5, "abg", 3));
    SHOW(crypt_keyslot_change_by_passphrase(cd, -1, -1, NULL, 0, "abg", 3));
    SHOW(crypt_keyslot_change_by_passphrase(cd, -1, -1, "abf", 3, NULL, 0));
    show_keyslots(cd);
    crypt_free(cd);
}

// Tokens open the keyslot under its new number, because they are moved with it.
static void change_takes_tokens(void) {
    const uint32_t unbound = CRYPT_VOLUME_KEY_NO_SEGMENT;
    struct crypt_device* cd = formatted("k.img", "LUKS2");
    SHOW(crypt_keyslot_add_by_volume_key(cd, 0, NULL, 0, "abc", 3));
    SHOW(crypt_keyslot_add_by_volume_key(cd, 1, NULL, 0, "def", 3));
    SHOW(crypt_keyslot_add_by_key(cd, 2, "0123456789abcdef", 16, "u", 1, unbound));
    SHOW(crypt_token_json_set(cd, 0, "{\"type\":\"x\",\"keyslots\":[\"0\",\"1\"]}"));
    SHOW(crypt_token_json_set(cd, 1, "{\"type\":\"y\",\"keyslots\":[\"1\",\"2\"]}"));
    SHOW(crypt_keyslot_set_priority(cd, 1, CRYPT_SLOT_PRIORITY_PREFER));
    SHOW(crypt_keyslot_change_by_passphrase(cd, 1, 4, "def", 3, "new", 3));
    SHOW(crypt_keyslot_change_by_passphrase(cd, 2, 5, "u", 1, "v", 1));
    SHOW(crypt_keyslot_status(cd, 5));
    for (int token = 0; token < 2; ++token)
        for (int slot = 0; slot < 6; ++slot) SHOW(crypt_token_is_assigned(cd, token, slot));
    SHOW(crypt_activate_by_passphrase(cd, NULL, -1, "new", 3, 0));
    SHOW(crypt_activate_by_passphrase(cd, NULL, 5, "v", 1, CRYPT_ACTIVATE_ALLOW_UNBOUND_KEY));
    OURS(crypt_keyslot_get_priority(cd, 4), CRYPT_SLOT_PRIORITY_PREFER,
         "the peer's is normal again");
    crypt_free(cd);
}

static void change_to_occupied(void) {
    struct crypt_device* cd = formatted("k.img", "LUKS2");
    SHOW(crypt_keyslot_add_by_volume_key(cd, 0, NULL, 0, "abc", 3));
    SHOW(crypt_keyslot_add_by_volume_key(cd, 1, NULL, 0, "def", 3));
    OURS(crypt_keyslot_change_by_passphrase(cd, 0, 1, "abc", 3, "abe", 3), -EINVAL,
         "the peer takes the other keyslot's place, whose passphrase is lost");
    char key[64];
    size_t size = 64;
    OURS(crypt_volume_key_get(cd, -1, key, &size, "def", 3), 1, "so it is still there");
    crypt_free(cd);
}

// The number that the keyslot gets.
static void change_any(void) {
    struct crypt_device* cd = formatted("k.img", "LUKS2");
    SHOW(crypt_keyslot_add_by_volume_key(cd, 2, NULL, 0, "abc", 3));
    SHOW(crypt_keyslot_change_by_passphrase(cd, -1, -1, "abc", 3, "abd", 3));
    show_keyslots(cd);
    SHOW(crypt_keyslot_change_by_passphrase(cd, 2, -1, "abd", 3, "abe", 3));
    show_keyslots(cd);
    crypt_free(cd);
}

static void files(const char* type) {
    struct crypt_device* cd = formatted("k.img", type);
    write_file("one.key", "first\nkey", 9);
    write_file("two.key", "xxsecond key", 12);
    write_file("empty.key", "", 0);
    SHOW(crypt_keyslot_add_by_volume_key(cd, -1, NULL, 0, "first\nkey", 9));
    SHOW(crypt_keyslot_add_by_keyfile(cd, -1, "one.key", 0, "two.key", 0));
    SHOW(crypt_keyslot_add_by_keyfile_offset(cd, -1, "one.key", 0, 0, "two.key", 6, 2));
    SHOW(crypt_keyslot_add_by_keyfile_device_offset(cd, -1, "two.key", 6, 2, "one.key", 5, 0));
    SHOW(crypt_keyslot_add_by_keyfile(cd, -1, "missing.key", 0, "two.key", 0));
    SHOW(crypt_keyslot_add_by_keyfile(cd, -1, "one.key", 0, "missing.key", 0));
    SHOW(crypt_keyslot_add_by_keyfile(cd, -1, "one.key", 5, "two.key", 100));
    SHOW(crypt_keyslot_add_by_keyfile(cd, -1, "one.key", 4, "two.key", 0));
    SHOW(crypt_keyslot_add_by_keyfile(cd, -1, NULL, 0, "two.key", 0));
    SHOW(crypt_keyslot_add_by_keyfile(cd, -1, "one.key", 0, NULL, 0));
    show_keyslots(cd);
    char key[64];
    size_t size = 64;
    SHOW(crypt_volume_key_get(cd, -1, key, &size, "second", 6));
    SHOW(crypt_volume_key_get(cd, -1, key, &size, "first", 5));
    crypt_free(cd);
}

static void by_key(void) {
    struct crypt_device* cd = formatted("k.img", "LUKS2");
    char key[64];
    size_t size = 64;
    const uint32_t unbound = CRYPT_VOLUME_KEY_NO_SEGMENT, set = CRYPT_VOLUME_KEY_SET,
                   reuse = CRYPT_VOLUME_KEY_DIGEST_REUSE;
    SHOW(crypt_keyslot_add_by_key(cd, 0, NULL, 64, "abc", 3, 0));
    SHOW(crypt_keyslot_add_by_key(cd, 1, short_key, 32, "abc", 3, 0));
    SHOW(crypt_keyslot_add_by_key(cd, 1, NULL, 32, "u1", 2, unbound));
    SHOW(crypt_keyslot_add_by_key(cd, 2, short_key, 32, "u2", 2, unbound));
    SHOW(crypt_keyslot_add_by_key(cd, 3, short_key, 32, "u3", 2, unbound | reuse));
    SHOW(crypt_keyslot_add_by_key(cd, 4, short_key, 32, "u4", 2, reuse));
    SHOW(crypt_keyslot_add_by_key(cd, 5, other_key, 64, "u5", 2, reuse));
    SHOW(crypt_keyslot_add_by_key(cd, 5, other_key, 64, "u5", 2, unbound | reuse));
    SHOW(crypt_keyslot_add_by_key(cd, 5, other_key, 64, "u5", 2, unbound));
    SHOW(crypt_keyslot_add_by_key(cd, 99, other_key, 64, "u5", 2, unbound));
    SHOW(crypt_keyslot_add_by_key(cd, 6, NULL, 0, "u6", 2, unbound));
    SHOW(crypt_keyslot_add_by_key(cd, 6, other_key, 64, NULL, 0, unbound));
    SHOW(crypt_keyslot_add_by_key(cd, 6, other_key, 64, "u", 1, unbound | set));
    show_keyslots(cd);
    SHOW(crypt_keyslot_get_key_size(cd, 1));
    SHOW(crypt_keyslot_get_key_size(cd, 5));
    SHOW(crypt_keyslot_get_priority(cd, 1));
    SHOW(crypt_volume_key_get(cd, 2, key, &size, "u2", 2));
    SHOW(size);
    size = 64;
    OURS(crypt_volume_key_get(cd, -1, key, &size, "u2", 2), 2,
         "the peer gives the key that it has since format");
    OURS(crypt_keyslot_add_by_passphrase(cd, 9, "u2", 2, "new", 3), -EPERM,
         "the peer takes that key");
    crypt_keyslot_destroy(cd, 9);
    SHOW(crypt_keyslot_change_by_passphrase(cd, 2, -1, "u2", 2, "u2b", 3));
    SHOW(crypt_keyslot_change_by_passphrase(cd, 2, 2, "u2b", 3, "u2c", 3));
    show_keyslots(cd);
    // Makes the unbound keyslot's key the volume key.
    SHOW(crypt_keyslot_add_by_key(cd, 5, NULL, 0, "wrong", 5, set));
    SHOW(crypt_keyslot_add_by_key(cd, 5, NULL, 0, "u5", 2, set));
    show_keyslots(cd);
    SHOW(crypt_volume_key_verify(cd, other_key, 64));
    SHOW(crypt_keyslot_add_by_key(
        cd, 7, "abcdefghijabcdefghijabcdefghij01abcdefghijabcdefghijabcdefghij01", 64, "s7", 2,
        set));
    show_keyslots(cd);
    SHOW(crypt_volume_key_verify(
        cd, "abcdefghijabcdefghijabcdefghij01abcdefghijabcdefghijabcdefghij01", 64));
    OURS(crypt_keyslot_add_by_key(cd, 8, "0123456789", 10, "s8", 2, set), -EINVAL,
         "a volume key that the cipher does not take would make the data unreadable");
    crypt_free(cd);
    cd = formatted("k.img", "LUKS1");
    SHOW(crypt_keyslot_add_by_key(cd, 1, NULL, 64, "abc", 3, 0));
    SHOW(crypt_keyslot_add_by_key(cd, 2, short_key, 32, "abc", 3, unbound));
    SHOW(crypt_keyslot_add_by_key(cd, 2, NULL, 64, "abc", 3, set));
    crypt_free(cd);
}

static void contexts(const char* type) {
    struct crypt_device* cd = formatted("k.img", type);
    struct crypt_keyslot_context *known = NULL, *fresh = NULL, *key = NULL, *token = NULL,
                                 *file = NULL;
    char bytes[64], again[64];
    size_t size = 64;
    crypt_volume_key_get_by_keyslot_context(cd, -1, bytes, &size, NULL);
    write_file("new.key", "from a file", 11);
    SHOW(crypt_keyslot_context_init_by_passphrase(cd, NULL, 0, &known));
    SHOW(crypt_keyslot_context_init_by_passphrase(cd, "abc", 3, NULL));
    SHOW(crypt_keyslot_context_init_by_passphrase(cd, "abc", 3, &known));
    SHOW(crypt_keyslot_context_init_by_passphrase(cd, "def", 3, &fresh));
    SHOW(crypt_keyslot_context_init_by_keyfile(cd, NULL, 0, 0, &file));
    SHOW(crypt_keyslot_context_init_by_keyfile(cd, "new.key", 0, 0, &file));
    SHOW(crypt_keyslot_context_init_by_volume_key(cd, bytes, 64, &key));
    SHOW(crypt_keyslot_context_init_by_token(cd, -1, NULL, NULL, 0, NULL, &token));
    SHOW(crypt_keyslot_context_get_type(known));
    SHOW(crypt_keyslot_context_get_type(file));
    SHOW(crypt_keyslot_context_get_type(key));
    SHOW(crypt_keyslot_context_get_type(token));
    SHOW(crypt_keyslot_context_get_type(NULL));
    SHOW(crypt_keyslot_context_get_error(known));
    SHOW(crypt_keyslot_context_get_error(NULL));
    SHOW(crypt_keyslot_context_set_pin(cd, "1234", 4, token));
    SHOW(crypt_keyslot_context_set_pin(cd, "1234", 4, known));
    SHOW(crypt_keyslot_add_by_keyslot_context(cd, -1, key, -1, known, 0));
    SHOW(crypt_keyslot_add_by_keyslot_context(cd, -1, known, -1, fresh, 0));
    SHOW(crypt_keyslot_add_by_keyslot_context(cd, -1, fresh, 5, file, 0));
    SHOW(crypt_keyslot_add_by_keyslot_context(cd, -1, file, 6, known, 0));
    SHOW(crypt_keyslot_add_by_keyslot_context(cd, 1, known, -1, fresh, 0));
    SHOW(crypt_keyslot_context_get_error(known));
    OURS(crypt_keyslot_add_by_keyslot_context(cd, 3, known, -1, fresh, 0), -ENOENT,
         "the peer takes the held key");
    ++quiet;
    crypt_keyslot_destroy(cd, 2);
    --quiet;
    SHOW(crypt_keyslot_add_by_keyslot_context(cd, -1, known, 5, fresh, 0));
    SHOW(crypt_keyslot_add_by_keyslot_context(cd, -1, known, -1, key, 0));
    SHOW(crypt_keyslot_add_by_keyslot_context(cd, -1, NULL, -1, key, 0));
    SHOW(crypt_keyslot_add_by_keyslot_context(cd, -1, known, -1, NULL, 0));
    ++quiet;
    SHOW(crypt_keyslot_add_by_keyslot_context(NULL, -1, known, -1, fresh, 0));
    --quiet;
    show_keyslots(cd);
    SHOW(crypt_volume_key_get_by_keyslot_context(cd, -1, again, &size, known));
    SHOW(memcmp(bytes, again, 64));
    SHOW(crypt_volume_key_get_by_keyslot_context(cd, -1, again, &size, file));
    SHOW(crypt_volume_key_get_by_keyslot_context(cd, 0, again, &size, file));
    SHOW(crypt_volume_key_get_by_keyslot_context(cd, -1, again, &size, key));
    ++quiet;  // LUKS1 has no tokens: we log this
    SHOW(crypt_volume_key_get_by_keyslot_context(cd, -1, again, &size, token));
    --quiet;
    crypt_keyslot_context_free(known);
    crypt_keyslot_context_free(fresh);
    crypt_keyslot_context_free(key);
    crypt_keyslot_context_free(token);
    crypt_keyslot_context_free(file);
    crypt_keyslot_context_free(NULL);
    crypt_free(cd);
}

static void encryption(void) {
    struct crypt_device* cd = formatted("k.img", "LUKS2");
    size_t size = 0;
    SHOW(crypt_keyslot_set_encryption(cd, NULL, 32));
    SHOW(crypt_keyslot_set_encryption(cd, "aes-xts-plain64", 0));
    SHOW(crypt_keyslot_set_encryption(cd, "cipher_null-ecb", 32));
    SHOW(crypt_keyslot_set_encryption(cd, "null", 32));
    SHOW(crypt_keyslot_set_encryption(cd, "unknown", 32));
    SHOW(crypt_keyslot_set_encryption(cd, "aes-cbc-essiv:sha256", 32));
    SHOW_TEXT(crypt_keyslot_get_encryption(cd, -1, &size));
    SHOW(size);
    SHOW(crypt_keyslot_add_by_volume_key(cd, 0, NULL, 0, "abc", 3));
    SHOW_TEXT(crypt_keyslot_get_encryption(cd, 0, &size));
    SHOW(size);
    SHOW(crypt_keyslot_set_encryption(NULL, "aes-cbc-essiv:sha256", 32));
    crypt_free(cd);
}

int main(void) {
    setvbuf(stdout, NULL, _IONBF, 0);
    crypt_set_log_callback(NULL, log_line, NULL);
    files("LUKS2");
    contexts("LUKS2");
    change_any();
    encryption();
    add("LUKS1");
    add("LUKS2");
    fill("LUKS1");
    fill("LUKS2");
    change("LUKS1");
    change("LUKS2");
    change_takes_tokens();
    change_to_occupied();
    files("LUKS1");
    contexts("LUKS1");
    by_key();
    return finish();
}
