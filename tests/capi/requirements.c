// SPDX-License-Identifier: GPL-2.0-or-later
// A header with an unknown requirement: which calls work, and which are refused.
#include "transcript.h"

static struct crypt_device* loaded(const char* path) {
    struct crypt_device* cd = context_of(path);
    cheap(cd);
    SHOW(crypt_load(cd, "LUKS2", NULL));
    return cd;
}

// Changes both copies and their checksums; no call can do this.
static void require_the_unknown(const char* path) {
    char command[1024];
    snprintf(command, sizeof command,
             "python3 -c '"
             "import hashlib, json, sys\n"
             "with open(sys.argv[1], \"r+b\") as f:\n"
             "    for at in (0, 16384):\n"
             "        f.seek(at); b = bytearray(f.read(16384))\n"
             "        j = json.loads(bytes(b[4096:]).split(b\"\\0\")[0])\n"
             "        j[\"config\"][\"requirements\"] = {\"mandatory\": [\"x-foo\"]}\n"
             "        t = json.dumps(j, separators=(\",\", \":\")).encode()\n"
             "        b[4096:] = t.ljust(16384 - 4096, b\"\\0\"); b[448:512] = bytes(64)\n"
             "        b[448:480] = hashlib.sha256(b).digest()\n"
             "        f.seek(at); f.write(b)\n"
             "' %s",
             path);
    if (system(command) != 0) exit(94);
}

int main(void) {
    char key[64];
    size_t size = sizeof key;
    uint32_t flags = 0;
    const char* json = NULL;
    struct crypt_device* cd = formatted("r.img", "LUKS2");
    crypt_keyslot_add_by_volume_key(cd, 0, NULL, 0, "abc", 3);
    crypt_keyslot_add_by_volume_key(cd, 1, NULL, 0, "def", 3);
    crypt_token_json_set(cd, 0, "{\"type\":\"x\",\"keyslots\":[]}");
    crypt_free(cd);
    require_the_unknown("r.img");

    cd = loaded("r.img");
    SHOW(crypt_activate_by_passphrase(cd, NULL, -1, "abc", 3, 0));
    SHOW(crypt_activate_by_passphrase(cd, NULL, 0, "abc", 3, 0));
    SHOW(crypt_activate_by_passphrase(cd, NULL, -1, "ABC", 3, 0));
    SHOW(crypt_volume_key_get(cd, -1, key, &size, "abc", 3));
    SHOW(crypt_volume_key_verify(cd, key, size));
    SHOW(crypt_activate_by_volume_key(cd, NULL, key, size, 0));
    SHOW(crypt_get_volume_key_size(cd));
    SHOW(crypt_persistent_flags_get(cd, CRYPT_FLAGS_ACTIVATION, &flags));
    SHOW(crypt_persistent_flags_get(cd, CRYPT_FLAGS_REQUIREMENTS, &flags));
    printf("%#x\n", flags);
    SHOW(crypt_token_json_get(cd, 0, &json));
    SHOW(crypt_keyslot_status(cd, 0));
    SHOW(crypt_keyslot_get_priority(cd, 0));
    SHOW(crypt_header_backup(cd, "LUKS2", "r.backup"));
    quiet = 1;  // the reason has other words
    SHOW(crypt_keyslot_add_by_passphrase(cd, 2, "abc", 3, "ghi", 3));
    SHOW(crypt_keyslot_add_by_volume_key(cd, 2, key, size, "ghi", 3));
    SHOW(crypt_keyslot_change_by_passphrase(cd, 0, 0, "abc", 3, "ghi", 3));
    SHOW(crypt_keyslot_set_priority(cd, 0, CRYPT_SLOT_PRIORITY_PREFER));
    SHOW(crypt_set_label(cd, "x", NULL));
    SHOW(crypt_set_uuid(cd, "22345678-1234-4321-8765-123456789abc"));
    SHOW(crypt_token_json_set(cd, 1, "{\"type\":\"x\",\"keyslots\":[]}"));
    SHOW(crypt_token_assign_keyslot(cd, 0, 0));
    SHOW(crypt_persistent_flags_set(cd, CRYPT_FLAGS_ACTIVATION, CRYPT_ACTIVATE_ALLOW_DISCARDS));
    SHOW(crypt_convert(cd, "LUKS1", NULL));
    quiet = 0;
    SHOW(crypt_keyslot_destroy(cd, 0));
    show_keyslots(cd);
    SHOW(crypt_activate_by_passphrase(cd, NULL, -1, "def", 3, 0));
    crypt_free(cd);
    return finish();
}
