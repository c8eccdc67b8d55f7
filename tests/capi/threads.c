// SPDX-License-Identifier: GPL-2.0-or-later
// Two threads with two contexts, each on a separate device, do not interfere.
#include <pthread.h>

#include "transcript.h"

static void* work(void* argument) {
    const int number = *(const int*)argument;
    char path[32], passphrase[16], message[64];
    snprintf(path, sizeof path, "thread%d.img", number);
    snprintf(passphrase, sizeof passphrase, "secret %d", number);
    static const char uuids[2][37] = {"11111111-1111-4111-8111-111111111111",
                                      "22222222-2222-4222-8222-222222222222"};
    long bad = 0;
    for (int round = 0; round < 4; ++round) {
        struct crypt_device* cd = formatted(path, number == 0 ? "LUKS1" : "LUKS2");
        bad += crypt_set_uuid(cd, uuids[number]) != 0;
        bad += crypt_keyslot_add_by_volume_key(cd, number, NULL, 0, passphrase,
                                               strlen(passphrase)) != number;
        crypt_free(cd);
        cd = context_of(path);
        cheap(cd);
        bad += crypt_load(cd, NULL, NULL) != 0;
        bad += strcmp(crypt_get_uuid(cd), uuids[number]) != 0;
        char key[64];
        size_t size = sizeof key;
        bad += crypt_volume_key_get(cd, -1, key, &size, passphrase, strlen(passphrase)) != number;
        bad += crypt_keyslot_add_by_passphrase(cd, -1, passphrase, strlen(passphrase), "other",
                                               5) != 1 - number;
        snprintf(message, sizeof message, "%d\n", number);
        crypt_log(cd, CRYPT_LOG_VERBOSE, message);
        crypt_free(cd);
    }
    return (void*)bad;
}

int main(void) {
    pthread_t threads[2];
    static const int numbers[2] = {0, 1};
    void* bad[2] = {NULL, NULL};
    for (int i = 0; i < 2; ++i)
        if (pthread_create(&threads[i], NULL, work, (void*)&numbers[i]) != 0) return 99;
    for (int i = 0; i < 2; ++i) pthread_join(threads[i], &bad[i]);
    printf("wrong answers: %ld, %ld\n", (long)bad[0], (long)bad[1]);
    return bad[0] != NULL || bad[1] != NULL;
}
