// SPDX-License-Identifier: GPL-2.0-or-later
// Tokens, labels, flags.
#include "transcript.h"

static void show_token(struct crypt_device* cd, int token) {
    const char *type = "(nothing)", *json = "(nothing)";
    const int status = crypt_token_status(cd, token, &type);
    const int got = crypt_token_json_get(cd, token, &json);
    printf("token %d: %d %s, %d %s\n", token, status, type, got, json);
}

static void show_tokens(struct crypt_device* cd) {
    for (int token = -1; token <= 32; ++token)
        if (crypt_token_status(cd, token, NULL) != CRYPT_TOKEN_INACTIVE) show_token(cd, token);
}

static struct crypt_device* with_keyslots(void) {
    struct crypt_device* cd = formatted("t.img", "LUKS2");
    crypt_keyslot_add_by_volume_key(cd, 0, NULL, 0, "zero", 4);
    crypt_keyslot_add_by_volume_key(cd, 1, NULL, 0, "one", 3);
    return cd;
}

static void json(void) {
    struct crypt_device* cd = with_keyslots();
    const char* text = NULL;
    show_tokens(cd);
    SHOW(crypt_token_json_get(cd, 0, &text));
    SHOW(crypt_token_json_get(cd, 99, &text));
    SHOW(crypt_token_json_get(cd, 0, NULL));
    SHOW(crypt_token_json_set(
        cd, -1, "{\"type\":\"test\",\"keyslots\":[\"0\"],\"more\":{\"a/b\":[1,true,null,\"x\"]}}"));
    SHOW(crypt_token_json_set(cd, 5, "{ \"type\" : \"second\", \"keyslots\" : [] }"));
    SHOW(crypt_token_json_set(cd, 5, "{\"type\":\"replaced\",\"keyslots\":[\"1\",\"0\"]}"));
    SHOW(crypt_token_json_set(cd, -1, "{\"type\":\"third\",\"keyslots\":[]}"));
    show_tokens(cd);
    SHOW(crypt_token_json_set(cd, 6, "{\"keyslots\":[]}"));
    SHOW(crypt_token_json_set(cd, 6, "{\"type\":\"x\"}"));
    SHOW(crypt_token_json_set(cd, 6, "{\"type\":7,\"keyslots\":[]}"));
    SHOW(crypt_token_json_set(cd, 6, "{\"type\":\"x\",\"keyslots\":[\"9\"]}"));
    SHOW(crypt_token_json_set(cd, 6, "{\"type\":\"x\",\"keyslots\":[0]}"));
    SHOW(crypt_token_json_set(cd, 6, "not json"));
    SHOW(crypt_token_json_set(cd, 6, ""));
    SHOW(crypt_token_json_set(cd, 32, "{\"type\":\"x\",\"keyslots\":[]}"));
    SHOW(crypt_token_json_set(cd, -2, "{\"type\":\"x\",\"keyslots\":[]}"));
    SHOW(crypt_token_json_set(cd, 5, NULL));
    SHOW(crypt_token_json_set(cd, 5, NULL));
    SHOW(crypt_token_json_set(cd, 32, NULL));
    SHOW(crypt_token_json_set(cd, -1, NULL));
    show_tokens(cd);
    crypt_free(cd);
    cd = context_of("t.img");
    SHOW(crypt_load(cd, NULL, NULL));
    show_tokens(cd);
    crypt_free(cd);
}

static void assign(void) {
    struct crypt_device* cd = with_keyslots();
    SHOW(crypt_token_json_set(cd, 3, "{\"type\":\"test\",\"keyslots\":[]}"));
    SHOW(crypt_token_is_assigned(cd, 3, 0));
    SHOW(crypt_token_assign_keyslot(cd, 3, 0));
    SHOW(crypt_token_assign_keyslot(cd, 3, 0));
    SHOW(crypt_token_is_assigned(cd, 3, 0));
    SHOW(crypt_token_is_assigned(cd, 3, 1));
    SHOW(crypt_token_is_assigned(cd, 3, 9));
    SHOW(crypt_token_is_assigned(cd, 4, 0));
    SHOW(crypt_token_is_assigned(cd, 99, 0));
    SHOW(crypt_token_assign_keyslot(cd, 4, 0));
    SHOW(crypt_token_assign_keyslot(cd, 99, 0));
    SHOW(crypt_token_assign_keyslot(cd, 3, -1));
    show_token(cd, 3);
    SHOW(crypt_token_unassign_keyslot(cd, 3, 0));
    SHOW(crypt_token_unassign_keyslot(cd, 3, 0));
    SHOW(crypt_token_unassign_keyslot(cd, 3, 9));
    SHOW(crypt_token_unassign_keyslot(cd, 4, 0));
    show_token(cd, 3);
    SHOW(crypt_token_unassign_keyslot(cd, 3, -1));
    show_token(cd, 3);
    // A removed keyslot is removed from the tokens that list it.
    SHOW(crypt_token_assign_keyslot(cd, 3, -1));
    SHOW(crypt_keyslot_destroy(cd, 0));
    show_token(cd, 3);
    SHOW(crypt_token_assign_keyslot(cd, 3, 99));
    SHOW(crypt_token_assign_keyslot(cd, 3, 9));
    crypt_free(cd);
}

static void keyring(void) {
    struct crypt_device* cd = with_keyslots();
    struct crypt_token_params_luks2_keyring params = {.key_description = "my:key"}, got = {NULL};
    SHOW(crypt_token_luks2_keyring_set(cd, -1, &params));
    SHOW(crypt_token_luks2_keyring_set(cd, 7, &params));
    SHOW(crypt_token_assign_keyslot(cd, 7, 1));
    params.key_description = "other";
    SHOW(crypt_token_luks2_keyring_set(cd, 7, &params));
    SHOW(crypt_token_luks2_keyring_set(cd, 99, &params));
    SHOW(crypt_token_luks2_keyring_set(cd, 8, NULL));
    show_tokens(cd);
    SHOW(crypt_token_luks2_keyring_get(cd, 7, &got));
    SHOW_TEXT(got.key_description);
    SHOW(crypt_token_luks2_keyring_get(cd, 8, &got));
    SHOW(crypt_token_luks2_keyring_get(cd, 99, &got));
    SHOW(crypt_token_luks2_keyring_get(cd, 7, NULL));
    SHOW(crypt_token_json_set(cd, 8, "{\"type\":\"test\",\"keyslots\":[]}"));
    SHOW(crypt_token_luks2_keyring_get(cd, 8, &got));
    SHOW(crypt_token_json_set(cd, 9, "{\"type\":\"luks2-keyring\",\"keyslots\":[]}"));
    SHOW(crypt_token_json_set(
        cd, 9, "{\"type\":\"luks2-keyring\",\"keyslots\":[],\"key_description\":\"third\"}"));
    SHOW(crypt_token_json_set(cd, 10, "{\"type\":\"luks2-unknown\",\"keyslots\":[]}"));
    show_tokens(cd);
    crypt_free(cd);
}

static int handler_open(struct crypt_device* cd, int token, char** buffer, size_t* size,
                        void* user) {
    (void)cd;
    (void)token;
    (void)user;
    *buffer = malloc(4);
    memcpy(*buffer, "zero", 4);
    *size = 4;
    return 0;
}
static void handler_free(void* buffer, size_t size) {
    (void)size;
    free(buffer);
}
static int handler_validate(struct crypt_device* cd, const char* json) {
    (void)cd;
    return strstr(json, "refuse me") != NULL ? -EINVAL : 0;
}
static void handler_dump(struct crypt_device* cd, const char* json) {
    (void)json;
    crypt_log(cd, CRYPT_LOG_NORMAL, "\tmy own line\n");
}

static void print_normal(int level, const char* message, void* user) {
    (void)user;
    if (level == CRYPT_LOG_NORMAL && strstr(message, "my own line") != NULL)
        printf("dumped: %s", message);
}

static void handlers(void) {
    struct crypt_device* cd = with_keyslots();
    static const crypt_token_handler mine = {"mine", handler_open, handler_free, handler_validate,
                                             handler_dump};
    static const crypt_token_handler internal = {"luks2-mine", handler_open, NULL, NULL, NULL};
    static const crypt_token_handler no_open = {"closed", NULL, NULL, NULL, NULL};
    static const crypt_token_handler bare = {"bare", handler_open, NULL, NULL, NULL};
    SHOW(crypt_token_json_set(cd, 0, "{\"type\":\"mine\",\"keyslots\":[\"0\"]}"));
    show_token(cd, 0);
    SHOW(crypt_token_register(&mine));
    SHOW(crypt_token_register(&mine));
    SHOW(crypt_token_register(&internal));
    SHOW(crypt_token_register(&no_open));
    SHOW(crypt_token_register(&bare));
    show_token(cd, 0);
    SHOW(crypt_token_json_set(cd, 1,
                              "{\"type\":\"mine\",\"keyslots\":[\"0\"],\"note\":\"refuse me\"}"));
    SHOW(crypt_token_json_set(cd, 1,
                              "{\"type\":\"mine\",\"keyslots\":[\"1\"],\"note\":\"take me\"}"));
    SHOW(crypt_activate_by_token(cd, NULL, 0, NULL, 0));
    SHOW(crypt_activate_by_token(cd, NULL, 1, NULL, 0));
    SHOW(crypt_activate_by_token(cd, NULL, 2, NULL, 0));
    crypt_set_log_callback(cd, print_normal, NULL);
    SHOW(crypt_dump(cd));
    crypt_free(cd);
}

static void labels(void) {
    struct crypt_device* cd = with_keyslots();
    SHOW(crypt_set_label(cd, "label", "subsystem"));
    SHOW_TEXT(crypt_get_label(cd));
    SHOW_TEXT(crypt_get_subsystem(cd));
    SHOW(crypt_set_label(cd, "only", NULL));
    SHOW_TEXT(crypt_get_label(cd));
    SHOW_TEXT(crypt_get_subsystem(cd));
    SHOW(crypt_set_label(cd, "123456789012345678901234567890123456789012345678901234567890", "x"));
    SHOW_TEXT(crypt_get_label(cd));
    SHOW(crypt_set_label(cd, NULL, NULL));
    SHOW_TEXT(crypt_get_label(cd));
    crypt_free(cd);
}

static void flags(void) {
    struct crypt_device* cd = with_keyslots();
    uint32_t bits = 0;
    SHOW(crypt_persistent_flags_get(cd, CRYPT_FLAGS_ACTIVATION, &bits));
    SHOW(bits);
    SHOW(crypt_persistent_flags_set(
        cd, CRYPT_FLAGS_ACTIVATION,
        CRYPT_ACTIVATE_ALLOW_DISCARDS | CRYPT_ACTIVATE_NO_WRITE_WORKQUEUE));
    SHOW(crypt_persistent_flags_get(cd, CRYPT_FLAGS_ACTIVATION, &bits));
    SHOW(bits);
    SHOW(crypt_persistent_flags_set(cd, CRYPT_FLAGS_ACTIVATION, CRYPT_ACTIVATE_SAME_CPU_CRYPT));
    SHOW(crypt_persistent_flags_get(cd, CRYPT_FLAGS_ACTIVATION, &bits));
    SHOW(bits);
    SHOW(crypt_persistent_flags_set(cd, CRYPT_FLAGS_ACTIVATION,
                                    CRYPT_ACTIVATE_SUBMIT_FROM_CRYPT_CPUS |
                                        CRYPT_ACTIVATE_NO_READ_WORKQUEUE |
                                        CRYPT_ACTIVATE_NO_JOURNAL));
    SHOW(crypt_persistent_flags_get(cd, CRYPT_FLAGS_ACTIVATION, &bits));
    SHOW(bits);
    SHOW(crypt_persistent_flags_set(cd, CRYPT_FLAGS_ACTIVATION, CRYPT_ACTIVATE_READONLY));
    SHOW(crypt_persistent_flags_get(cd, CRYPT_FLAGS_ACTIVATION, &bits));
    SHOW(bits);
    SHOW(crypt_persistent_flags_set(cd, CRYPT_FLAGS_ACTIVATION, 0));
    SHOW(crypt_persistent_flags_get(cd, CRYPT_FLAGS_ACTIVATION, &bits));
    SHOW(bits);
    SHOW(crypt_persistent_flags_get(cd, CRYPT_FLAGS_ACTIVATION, NULL));
    SHOW(crypt_persistent_flags_set(cd, (crypt_flags_type)7, 8));
    SHOW(crypt_persistent_flags_get(cd, (crypt_flags_type)7, &bits));
    SHOW(crypt_persistent_flags_get(cd, CRYPT_FLAGS_REQUIREMENTS, &bits));
    SHOW(bits);
    SHOW(crypt_persistent_flags_set(cd, CRYPT_FLAGS_REQUIREMENTS,
                                    CRYPT_REQUIREMENT_OFFLINE_REENCRYPT));
    SHOW(crypt_persistent_flags_get(cd, CRYPT_FLAGS_REQUIREMENTS, &bits));
    SHOW(bits);
    SHOW(crypt_keyslot_add_by_passphrase(cd, -1, "zero", 4, "two", 3));
    OURS(crypt_keyslot_destroy(cd, 1), -EINVAL,
         "the peer destroys, which may take the last way to the data");
    SHOW(crypt_set_label(cd, "x", NULL));
    SHOW(crypt_token_json_set(cd, 0, "{\"type\":\"x\",\"keyslots\":[]}"));
    SHOW(crypt_reencrypt_status(cd, NULL));
    char key[64];
    size_t size = 64;
    SHOW(crypt_volume_key_get(cd, 0, key, &size, "zero", 4));
    SHOW(crypt_persistent_flags_set(cd, CRYPT_FLAGS_REQUIREMENTS, 0));
    SHOW(crypt_persistent_flags_get(cd, CRYPT_FLAGS_REQUIREMENTS, &bits));
    SHOW(bits);
    SHOW(crypt_set_label(cd, "x", NULL));
    crypt_free(cd);
}

int main(void) {
    setvbuf(stdout, NULL, _IONBF, 0);
    crypt_token_external_disable();
    SHOW_TEXT(crypt_token_external_path());
    json();
    assign();
    keyring();
    handlers();
    labels();
    flags();
    return finish();
}
