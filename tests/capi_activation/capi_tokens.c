/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Tokens: the order of tries, the errnos, what handlers and plug-ins are asked.  Needs the plug-in token_answers as type
   "answers" where the library looks for them.  Makes a volume in the file tokens.img. */
#include <errno.h>
#include <fcntl.h>
#include <linux/keyctl.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "../capi/first_versions.h"
#include "transcript.h"

FIRST_VERSION(token);

static struct crypt_device* cd;

static void try(const char* type, int token, const char* pin) {
    static char mine[] = "the caller's";
    const int answer = crypt_activate_by_token_pin(cd, NULL, type, token, pin,
                                                   pin != NULL ? strlen(pin) : 0, mine, 0);
    printf("by token %d, type %s, PIN %s = %d\n", token, type != NULL ? type : "any",
           pin != NULL ? pin : "none", answer);
}

static void set(int token, const char* json) {
    printf("token %d: %s\n", token, json != NULL ? json : "gone");
    printf("    = %d\n", crypt_token_json_set(cd, token, json));
}

static void clear(void) {
    for (int i = 0; i < 32; ++i) crypt_token_json_set(cd, i, NULL);
}

static void status(int token) {
    const char* type = NULL;
    const crypt_token_info info = crypt_token_status(cd, token, &type);
    printf("status of token %d = %d, %s\n", token, (int)info, type != NULL ? type : "no type");
}

static void make_volume(void) {
    const struct crypt_pbkdf_type cheap = {
        .type = "pbkdf2", .hash = "sha256", .iterations = 1000, .flags = CRYPT_PBKDF_NO_BENCHMARK};
    const int fd = open("tokens.img", O_RDWR | O_CREAT | O_TRUNC, 0600);
    if (fd < 0 || ftruncate(fd, 20 << 20) != 0) exit(2);
    close(fd);
    CALL(crypt_init(&cd, "tokens.img"));
    crypt_set_log_callback(cd, print_log, NULL);
    CALL(crypt_set_pbkdf_type(cd, &cheap));
    CALL(crypt_format(cd, CRYPT_LUKS2, "aes", "xts-plain64", NULL, NULL, 32, NULL));
    CALL(crypt_keyslot_add_by_volume_key(cd, 0, NULL, 0, "one", 3));
    CALL(crypt_keyslot_add_by_volume_key(cd, 1, NULL, 0, "two", 3));
    CALL(crypt_keyslot_add_by_volume_key(cd, 2, NULL, 0, "three", 5));
}

static void which_are_tried(void) {
    SAY("no tokens, and types that nobody handles");
    try(NULL, CRYPT_ANY_TOKEN, NULL);
    try(NULL, 0, NULL);
    try("answers", CRYPT_ANY_TOKEN, NULL);
    try(NULL, 32, NULL);
    try(NULL, -2, NULL);
    status(0);
    status(32);
    set(0, "{\"type\":\"of-nobody\",\"keyslots\":[\"0\"]}");
    status(0);
    try(NULL, CRYPT_ANY_TOKEN, NULL);
    try(NULL, 0, NULL);
    try("of-nobody", CRYPT_ANY_TOKEN, NULL);
    try("other", 0, NULL);
    SAY("a plug-in");
    set(1, "{\"type\":\"answers\",\"keyslots\":[\"0\"],\"give\":\"one\"}");
    status(1);
    try(NULL, CRYPT_ANY_TOKEN, NULL);
    try(NULL, 1, NULL);
    try("answers", CRYPT_ANY_TOKEN, NULL);
    try("answers", 1, NULL);
    try("other", 1, NULL);
    try(NULL, 1, "1234");
    set(1, "{\"type\":\"answers\",\"keyslots\":[\"0\"],\"bad\":\"x\"}");
    set(1, "{\"type\":\"answers\",\"keyslots\":[],\"give\":\"one\"}");
    try(NULL, CRYPT_ANY_TOKEN, NULL);
    try(NULL, 1, NULL);
    SAY("types that are no file names");
    set(5, "{\"type\":\"../answers\",\"keyslots\":[\"1\"]}");
    status(5);
    try(NULL, 5, NULL);
    set(5, NULL);
}

static void failures(void) {
    SAY("failures");
    static const int kErrors[] = {-EPERM,  -ENOENT,     -EIO,   -EAGAIN, -ENOMEM,   -EINVAL,
                                  -ENOANO, -EOPNOTSUPP, -EINTR, -EBUSY,  -ETIMEDOUT};
    for (size_t i = 0; i < sizeof kErrors / sizeof kErrors[0]; ++i) {
        char json[128];
        clear();
        snprintf(json, sizeof json, "{\"type\":\"answers\",\"keyslots\":[\"0\"],\"errno\":\"%d\"}",
                 kErrors[i]);
        set(0, json);
        try(NULL, CRYPT_ANY_TOKEN, NULL);
        try(NULL, 0, NULL);
        set(1, "{\"type\":\"answers\",\"keyslots\":[\"0\"],\"give\":\"one\"}");
        try(NULL, CRYPT_ANY_TOKEN, NULL);
        set(1, "{\"type\":\"answers\",\"keyslots\":[\"0\"],\"give\":\"wrong\"}");
        try(NULL, CRYPT_ANY_TOKEN, NULL);
        set(2, "{\"type\":\"answers\",\"keyslots\":[\"0\"],\"errno\":\"-11\"}");
        try(NULL, CRYPT_ANY_TOKEN, NULL);
        set(3, "{\"type\":\"answers\",\"keyslots\":[\"0\"],\"give\":\"one\",\"pin\":\"12\"}");
        try(NULL, CRYPT_ANY_TOKEN, NULL);
        try(NULL, 3, NULL);
        try(NULL, 3, "");
        try(NULL, 3, "99");
        try(NULL, 3, "12");
    }
    clear();
}

static void priorities(void) {
    SAY("priorities");
    set(0, "{\"type\":\"answers\",\"keyslots\":[\"0\",\"1\"],\"give\":\"two\"}");
    set(1, "{\"type\":\"answers\",\"keyslots\":[\"2\"],\"give\":\"three\"}");
    try(NULL, CRYPT_ANY_TOKEN, NULL);
    CALL(crypt_keyslot_set_priority(cd, 2, CRYPT_SLOT_PRIORITY_PREFER));
    try(NULL, CRYPT_ANY_TOKEN, NULL);
    for (int i = 0; i < 3; ++i) CALL(crypt_keyslot_set_priority(cd, i, CRYPT_SLOT_PRIORITY_IGNORE));
    try(NULL, CRYPT_ANY_TOKEN, NULL);
    try("answers", CRYPT_ANY_TOKEN, NULL);
    try(NULL, 0, NULL);
    try("answers", 1, NULL);
    for (int i = 0; i < 3; ++i) CALL(crypt_keyslot_set_priority(cd, i, CRYPT_SLOT_PRIORITY_NORMAL));
    clear();
}

static void keyring(void) {
    SAY("the keyring's");
    set(0, "{\"type\":\"luks2-keyring\",\"keyslots\":[\"0\"],\"key_description\":\"lk:token\"}");
    status(0);
    try(NULL, CRYPT_ANY_TOKEN, NULL);
    try(NULL, 0, NULL);
    try(NULL, 0, "1234");
    const long key = syscall(SYS_add_key, "user", "lk:token", "one", 3, KEY_SPEC_SESSION_KEYRING);
    try(NULL, CRYPT_ANY_TOKEN, NULL);
    try(NULL, 0, NULL);
    try("luks2-keyring", CRYPT_ANY_TOKEN, NULL);
    set(1, "{\"type\":\"answers\",\"keyslots\":[\"1\"],\"give\":\"two\",\"pin\":\"12\"}");
    try(NULL, CRYPT_ANY_TOKEN, "12");
    syscall(SYS_keyctl, KEYCTL_UNLINK, key, KEY_SPEC_SESSION_KEYRING);
    clear();
}

static int handler_open(struct crypt_device* device, int token, char** buffer, size_t* size,
                        void* user) {
    (void)device;
    printf("    [handler, token %d, %s]\n", token, user != NULL ? (const char*)user : "no pointer");
    *buffer = strdup("two");
    *size = 3;
    return 0;
}

static void handlers(void) {
    SAY("handlers of the program");
    static const crypt_token_handler mine = {.name = "mine", .open = handler_open};
    static const crypt_token_handler reserved = {.name = "luks2-mine", .open = handler_open};
    static const crypt_token_handler empty = {.name = "empty", .open = NULL};
    crypt_set_log_callback(NULL, print_log, NULL);
    CALL(crypt_token_register(&mine));
    CALL(crypt_token_register(&mine) < 0);
    CALL(crypt_token_register(&reserved) < 0);
    CALL(crypt_token_register(&empty) < 0);
    crypt_set_log_callback(NULL, NULL, NULL);
    set(3, "{\"type\":\"mine\",\"keyslots\":[\"1\"]}");
    status(3);
    try(NULL, CRYPT_ANY_TOKEN, NULL);
    try(NULL, 3, NULL);
    try(NULL, 3, "1234");
    clear();
}

static void contexts(void) {
    SAY("keyslot contexts");
    struct crypt_keyslot_context* kc = NULL;
    char key[64];
    size_t size = sizeof key;
    set(6, "{\"type\":\"answers\",\"keyslots\":[\"1\"],\"give\":\"two\",\"pin\":\"12\"}");
    CALL(crypt_keyslot_context_init_by_token(cd, 6, NULL, NULL, 0, NULL, &kc));
    CALL(crypt_volume_key_get_by_keyslot_context(cd, CRYPT_ANY_SLOT, key, &size, kc));
    CALL(crypt_keyslot_context_get_error(kc));
    CALL(crypt_keyslot_context_set_pin(cd, "12", 2, kc));
    /* The peer asks the token twice for this. */
    setenv("TOKEN_ANSWERS_QUIET", "1", 1);
    printf("with a PIN %d\n",
           crypt_volume_key_get_by_keyslot_context(cd, CRYPT_ANY_SLOT, key, &size, kc));
    unsetenv("TOKEN_ANSWERS_QUIET");
    CALL(crypt_keyslot_context_get_error(kc));
    crypt_keyslot_context_free(kc);
}

static void print_tokens(int level, const char* message, void* user) {
    int* inside = user;
    if (strncmp(message, "Digests:", 8) == 0) *inside = 0;
    if (*inside) print_log(level, message, NULL);
    if (strncmp(message, "Tokens:", 7) == 0) *inside = 1;
}

static void dump_of_tokens(void) {
    SAY("a dump");
    int inside = 0;
    set(8, "{\"type\":\"of-nobody\",\"keyslots\":[\"0\",\"2\"]}");
    crypt_set_log_callback(cd, print_tokens, &inside);
    crypt_dump(cd);
    crypt_set_log_callback(cd, print_log, NULL);
}

static void switched_off(void) {
    SAY("no more plug-ins");
    crypt_token_external_disable();
    TEXT(crypt_token_external_path());
    /* What is loaded stays. */
    try(NULL, 6, "12");
    status(6);
    set(7, "{\"type\":\"second\",\"keyslots\":[\"1\"],\"give\":\"two\"}");
    status(7);
    try(NULL, 7, NULL);
}

int main(int argc, char** argv) {
    if (argc > 1 && strcmp(argv[1], "--directory") == 0)
        return puts(crypt_token_external_path()) < 0;
    setbuf(stdout, NULL);
    make_volume();
    which_are_tried();
    failures();
    priorities();
    keyring();
    handlers();
    contexts();
    dump_of_tokens();
    switched_off();
    crypt_free(cd);
    return 0;
}
