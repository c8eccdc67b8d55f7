// SPDX-License-Identifier: GPL-2.0-or-later
// Whole headers: UUID, conversion, backup and restore, repair, dumps.
#include "transcript.h"

static int answer;
static int confirm(const char* message, void* user) {
    (void)user;
    printf("    asked: %s\n", strlen(message) > 20 ? "a question" : message);
    return answer;
}

static int lines, colons, commas;
static void count(int level, const char* message, void* user) {
    (void)user;
    if (level != CRYPT_LOG_NORMAL) return;
    for (; *message != '\0'; ++message) {
        lines += *message == '\n';
        colons += *message == ':';
        commas += *message == ',';
    }
}

static struct crypt_device* with_keyslot(const char* type) {
    struct crypt_device* cd = formatted("h.img", type);
    crypt_keyslot_add_by_volume_key(cd, 0, NULL, 0, "abc", 3);
    return cd;
}

static void uuid(const char* type) {
    struct crypt_device* cd = with_keyslot(type);
    SHOW(crypt_set_uuid(cd, "12345678-1234-4321-8765-123456789ABC"));
    SHOW_TEXT(crypt_get_uuid(cd));
    crypt_set_confirm_callback(cd, confirm, NULL);
    answer = 0;
    SHOW(crypt_set_uuid(cd, "12345678-1234-4321-8765-123456789abc"));
    SHOW(crypt_set_uuid(cd, "22345678-1234-4321-8765-123456789abc"));
    SHOW_TEXT(crypt_get_uuid(cd));
    answer = 1;
    SHOW(crypt_set_uuid(cd, "22345678-1234-4321-8765-123456789abc"));
    SHOW_TEXT(crypt_get_uuid(cd));
    SHOW(crypt_set_uuid(cd, "no uuid"));
    SHOW(crypt_set_uuid(cd, ""));
    SHOW(crypt_set_uuid(cd, NULL));
    SHOW(strcmp(crypt_get_uuid(cd), "22345678-1234-4321-8765-123456789abc") != 0);
    crypt_free(cd);
}

static void convert(void) {
    struct crypt_device* cd = with_keyslot("LUKS1");
    char key[64];
    size_t size = 64;
    SHOW(crypt_convert(cd, NULL, NULL));
    SHOW(crypt_convert(cd, "LUKS1", NULL));
    SHOW(crypt_convert(cd, "PLAIN", NULL));
    SHOW(crypt_convert(cd, "LUKS2", NULL));
    SHOW_TEXT(crypt_get_type(cd));
    SHOW(crypt_get_data_offset(cd));
    SHOW(crypt_volume_key_get(cd, -1, key, &size, "abc", 3));
    SHOW(crypt_convert(cd, "LUKS2", NULL));
    SHOW(crypt_token_json_set(cd, 0, "{\"type\":\"x\",\"keyslots\":[]}"));
    quiet = 1;  // the reason has other words
    SHOW(crypt_convert(cd, "LUKS1", NULL));
    quiet = 0;
    SHOW(crypt_token_json_set(cd, 0, NULL));
    SHOW(crypt_convert(cd, "LUKS1", NULL));
    SHOW_TEXT(crypt_get_type(cd));
    show_keyslots(cd);
    SHOW(crypt_volume_key_get(cd, -1, key, &size, "abc", 3));
    crypt_free(cd);
}

static void backup(const char* type) {
    struct crypt_device *cd = with_keyslot(type), *empty;
    const int one = strcmp(type, "LUKS1") == 0;
    unlink("h.backup");
    SHOW(crypt_header_backup(cd, one ? "LUKS2" : "LUKS1", "h.backup"));
    SHOW(crypt_header_backup(cd, "PLAIN", "h.backup"));
    SHOW(crypt_header_backup(cd, NULL, NULL));
    SHOW(crypt_header_backup(cd, NULL, "h.backup"));
    SHOW(crypt_header_backup(cd, NULL, "h.backup"));
    SHOW(crypt_header_backup(cd, NULL, "missing/h.backup"));
    SHOW(crypt_keyslot_destroy(cd, 0));
    show_keyslots(cd);
    crypt_set_confirm_callback(cd, confirm, NULL);
    answer = 0;
    SHOW(crypt_header_restore(cd, NULL, NULL));
    SHOW(crypt_header_restore(cd, NULL, "missing.backup"));
    SHOW(crypt_header_restore(cd, one ? "LUKS2" : "LUKS1", "h.backup"));
    SHOW(crypt_header_restore(cd, NULL, "h.backup"));
    show_keyslots(cd);
    answer = 1;
    SHOW(crypt_header_restore(cd, NULL, "h.backup"));
    show_keyslots(cd);
    crypt_free(cd);
    // Restores onto a device without a header.
    empty = context_of(new_image("empty.img", 32 * 1024 * 1024));
    crypt_set_confirm_callback(empty, confirm, NULL);
    SHOW(crypt_header_restore(empty, NULL, new_image("zeros.backup", 65536)));
    SHOW(crypt_header_restore(empty, NULL, "h.backup"));
    SHOW_TEXT(crypt_get_type(empty));
    crypt_free(empty);
    empty = context_of("empty.img");
    SHOW(crypt_load(empty, NULL, NULL));
    show_keyslots(empty);
    crypt_free(empty);
}

static void repair(const char* type) {
    struct crypt_device* cd = with_keyslot(type);
    const int one = strcmp(type, "LUKS1") == 0;
    crypt_set_confirm_callback(cd, confirm, NULL);
    answer = 1;
    ++quiet;
    SHOW(crypt_repair(cd, one ? "LUKS2" : "LUKS1", NULL));
    --quiet;
    SHOW(crypt_repair(cd, "PLAIN", NULL));
    crypt_free(cd);
    if (!one) return;
    const int fd = open("h.img", O_RDWR);
    if (fd < 0 || pwrite(fd, "\x12\x34\x56\x78", 4, 208) != 4) exit(99);
    close(fd);
    cd = context_of("h.img");
    SHOW(crypt_repair(cd, NULL, NULL));
    SHOW_TEXT(crypt_get_type(cd));
    crypt_free(cd);
}

static void dump(const char* type) {
    struct crypt_device* cd = with_keyslot(type);
    const char* json = NULL;
    crypt_set_log_callback(cd, count, NULL);
    lines = 0;
    SHOW(crypt_dump(cd));
    printf("%d lines\n", lines);
    SHOW(crypt_dump_json(cd, &json, 1));
    SHOW(crypt_dump_json(cd, &json, 0));
    if (json != NULL) printf("%.40s\n", json);
    // Does not count lines: the peer's JSON library decides where they break (since 0.17 not in an empty object).
    colons = commas = 0;
    SHOW(crypt_dump_json(cd, NULL, 0));
    printf("%d colons, %d commas\n", colons, commas);
    SHOW(crypt_reencrypt_status(cd, &(struct crypt_params_reencrypt){0}));
    SHOW(crypt_reencrypt_run(cd, NULL, NULL) < 0);
    crypt_free(cd);
}

int main(void) {
    setvbuf(stdout, NULL, _IONBF, 0);
    crypt_set_log_callback(NULL, log_line, NULL);
    uuid("LUKS2");
    backup("LUKS2");
    dump("LUKS2");
    uuid("LUKS1");
    convert();
    backup("LUKS1");
    repair("LUKS1");
    repair("LUKS2");
    dump("LUKS1");
    return finish();
}
