/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A token plug-in whose answer is the token's number: 0 gives "secret", 1 wants the PIN "1234", 2 gives nothing and
   says it did, and n > 2 fails with errno n. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct crypt_device;
int cryptsetup_token_open(struct crypt_device* cd, int token, char** buffer, size_t* size,
                          void* user);
int cryptsetup_token_open_pin(struct crypt_device* cd, int token, const char* pin, size_t pin_size,
                              char** buffer, size_t* size, void* user);
void cryptsetup_token_buffer_free(void* buffer, size_t size);
int cryptsetup_token_validate(struct crypt_device* cd, const char* json);
void cryptsetup_token_dump(struct crypt_device* cd, const char* json);
const char* cryptsetup_token_version(void);

static int give(const char* text, char** buffer, size_t* size) {
    *buffer = strdup(text);
    if (*buffer == NULL) return -ENOMEM;
    *size = strlen(text);
    return 0;
}

#ifndef WITHOUT_OPEN
int cryptsetup_token_open(struct crypt_device* cd, int token, char** buffer, size_t* size,
                          void* user) {
    (void)cd;
    if (user != NULL) ++*(int*)user;
    if (token == 0) return give("secret", buffer, size);
    if (token == 1) return -ENOANO;
    return token == 2 ? 0 : -token;
}
#endif

#ifndef WITHOUT_OPTIONAL_CALLS
int cryptsetup_token_open_pin(struct crypt_device* cd, int token, const char* pin, size_t pin_size,
                              char** buffer, size_t* size, void* user) {
    (void)cd;
    (void)token;
    (void)user;
    if (pin_size != 4 || memcmp(pin, "1234", 4) != 0) return -ENOANO;
    return give("secret of the PIN", buffer, size);
}

void cryptsetup_token_buffer_free(void* buffer, size_t size) {
    (void)size;
    free(buffer);
}

int cryptsetup_token_validate(struct crypt_device* cd, const char* json) {
    (void)cd;
    return strstr(json, "refused") != NULL ? -EINVAL : 0;
}

void cryptsetup_token_dump(struct crypt_device* cd, const char* json) {
    (void)cd;
    (void)json;
}
#endif

#ifndef WITHOUT_VERSION
const char* cryptsetup_token_version(void) {
    return "1.0";
}
#endif
