// SPDX-License-Identifier: GPL-2.0-or-later
// Prints each call with its result, and what was logged.  The same program runs on our library and on the peer's, and
// both must print the same.  Where we differ on purpose, OURS() gives our result and the reason.
#pragma once

#define _GNU_SOURCE 1

#include <errno.h>
#include <fcntl.h>
#include <libcryptsetup.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

// The GNU C library declares it only if a macro is set before its first header.
const char* strerrorname_np(int error);

static int failures;
static int quiet;  // the log is not printed

static inline const char* answer_text(long long value) {
    static char text[32];
    if (value >= 0 || value < -4095) {
        snprintf(text, sizeof text, "%lld", value);
        return text;
    }
    const char* name = value == -1 ? "-EPERM/-1" : strerrorname_np((int)-value);
    snprintf(text, sizeof text, value == -1 ? "%s" : "-%s", name != NULL ? name : "?");
    return text;
}

static inline void log_line(int level, const char* message, void* user) {
    (void)user;
    if (!quiet && level == CRYPT_LOG_ERROR) printf("    error: %s", message);
}

static inline int on_ours(void) {
    return getenv("CAPI_OURS") != NULL;
}

static inline void check_ours(const char* call, long long got, long long wanted,
                              const char* reason) {
    if (!on_ours() || got == wanted) return;
    printf("FAIL: %s: got %s, ", call, answer_text(got));
    printf("wanted %s (%s)\n", answer_text(wanted), reason);
    ++failures;
}

// The expression is evaluated first, so its log lines come before it.
#define SHOW(call)                                      \
    do {                                                \
        const long long shown = (long long)(call);      \
        printf("%s = %s\n", #call, answer_text(shown)); \
    } while (0)
#define SHOW_TEXT(call)                                             \
    do {                                                            \
        const char* const shown = (call);                           \
        printf("%s = %s\n", #call, shown != NULL ? shown : "NULL"); \
    } while (0)
// A result that differs from the peer's, and the reason.
#define OURS(call, wanted, reason)                             \
    do {                                                       \
        ++quiet;                                               \
        const long long shown = (long long)(call);             \
        --quiet;                                               \
        check_ours(#call, shown, (long long)(wanted), reason); \
    } while (0)

// Makes a file of this many bytes, or empties it.
static inline const char* new_image(const char* path, long bytes) {
    unlink(path);
    const int fd = open(path, O_CREAT | O_RDWR, 0600);
    if (fd < 0 || ftruncate(fd, bytes) != 0) exit(99);
    close(fd);
    return path;
}

static inline void write_file(const char* path, const void* bytes, size_t size) {
    FILE* file = fopen(path, "w");
    if (file == NULL || fwrite(bytes, 1, size, file) != size || fclose(file) != 0) exit(99);
}

static inline struct crypt_device* context_of(const char* path) {
    struct crypt_device* cd = NULL;
    if (crypt_init(&cd, path) != 0) exit(98);
    crypt_set_log_callback(cd, log_line, NULL);
    return cd;
}

// Makes keyslots cheap.
static inline void cheap(struct crypt_device* cd) {
    const struct crypt_pbkdf_type cost = {
        .type = "pbkdf2", .hash = "sha256", .iterations = 1000, .flags = CRYPT_PBKDF_NO_BENCHMARK};
    if (crypt_set_pbkdf_type(cd, &cost) != 0) exit(97);
}

static inline struct crypt_device* formatted(const char* path, const char* type) {
    struct crypt_device* cd = context_of(new_image(path, 32 * 1024 * 1024));
    cheap(cd);
    // Uses less than the usual 16 MiB, which are filled with random bytes.  There is room for all keyslots of these
    // tests except those of fill().
    if (crypt_set_metadata_size(cd, 0, strcmp(type, "LUKS2") == 0 ? 4 * 1024 * 1024 : 0) != 0)
        exit(95);
    if (crypt_format(cd, type, "aes", "xts-plain64", NULL, NULL, 64, NULL) != 0) exit(96);
    return cd;
}

static inline void show_keyslots(struct crypt_device* cd) {
    printf("keyslots:");
    for (int i = -1; i <= crypt_keyslot_max(crypt_get_type(cd)); ++i) {
        const int status = crypt_keyslot_status(cd, i);
        if (status != CRYPT_SLOT_INACTIVE) printf(" %d:%d", i, status);
    }
    printf("\n");
}

static inline int finish(void) {
    return failures == 0 ? 0 : 1;
}
