/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A token plug-in that does what the token's JSON says: "give" is the passphrase, "pin" must be given first, "errno" is
   how it fails, "bad" is refused.  It calls the library back, as real ones do. */
#include <errno.h>
#include <libcryptsetup.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int cryptsetup_token_open(struct crypt_device* cd, int token, char** buffer, size_t* size,
                          void* user);
int cryptsetup_token_open_pin(struct crypt_device* cd, int token, const char* pin, size_t pin_size,
                              char** buffer, size_t* size, void* user);
void cryptsetup_token_buffer_free(void* buffer, size_t size);
int cryptsetup_token_validate(struct crypt_device* cd, const char* json);
void cryptsetup_token_dump(struct crypt_device* cd, const char* json);
const char* cryptsetup_token_version(void);

static int is_quiet(void) {
    return getenv("TOKEN_ANSWERS_QUIET") != NULL;
}

static int member(const char* json, const char* name, char* into, size_t room) {
    char key[32];
    snprintf(key, sizeof key, "\"%s\":\"", name);
    const char* at = strstr(json, key);
    if (at == NULL) return 0;
    at += strlen(key);
    size_t length = strcspn(at, "\"");
    if (length >= room) length = room - 1;
    memcpy(into, at, length);
    into[length] = '\0';
    return 1;
}

int cryptsetup_token_open_pin(struct crypt_device* cd, int token, const char* pin, size_t pin_size,
                              char** buffer, size_t* size, void* user) {
    const char* json = NULL;
    const int known = crypt_token_json_get(cd, token, &json);
    if (known < 0) return known;
    if (!is_quiet())
        printf("    [open%s token %d, %s]\n", pin != NULL ? " with a PIN" : "", token,
               user != NULL ? (const char*)user : "no pointer");
    char value[64];
    if (member(json, "errno", value, sizeof value)) return atoi(value);
    if (member(json, "pin", value, sizeof value) &&
        (pin == NULL || strlen(value) != pin_size || memcmp(value, pin, pin_size) != 0))
        return -ENOANO;
    if (!member(json, "give", value, sizeof value)) return -EINVAL;
    *buffer = strdup(value);
    *size = strlen(value);
    return *buffer != NULL ? 0 : -ENOMEM;
}

int cryptsetup_token_open(struct crypt_device* cd, int token, char** buffer, size_t* size,
                          void* user) {
    return cryptsetup_token_open_pin(cd, token, NULL, 0, buffer, size, user);
}

void cryptsetup_token_buffer_free(void* buffer, size_t size) {
    if (!is_quiet()) printf("    [free %zu]\n", size);
    free(buffer);
}

int cryptsetup_token_validate(struct crypt_device* cd, const char* json) {
    (void)cd;
    if (!is_quiet()) printf("    [validate]\n");
    return strstr(json, "\"bad\"") != NULL ? -EINVAL : 0;
}

void cryptsetup_token_dump(struct crypt_device* cd, const char* json) {
    char value[64];
    if (member(json, "give", value, sizeof value))
        crypt_logf(cd, CRYPT_LOG_NORMAL, "\tgives:      something\n");
}

const char* cryptsetup_token_version(void) {
    return "1.0";
}
