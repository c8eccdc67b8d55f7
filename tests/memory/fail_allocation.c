/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Preloaded: the allocation whose number is in FAIL_ALLOCATION fails, counted from 1; with FAIL_FOR_GOOD all that come
   after it, too.  How many there were is written into the file FAIL_COUNT names.  For the glibc of the tests. */
#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

extern void* __libc_malloc(size_t size);
extern void* __libc_calloc(size_t count, size_t size);
extern void* __libc_realloc(void* old, size_t size);
extern void* __libc_memalign(size_t alignment, size_t size);

static unsigned long counted;
static unsigned long failing;
static int for_good;

__attribute__((constructor)) static void begin(void) {
    const char* number = getenv("FAIL_ALLOCATION");
    failing = number != NULL ? strtoul(number, NULL, 10) : 0;
    for_good = getenv("FAIL_FOR_GOOD") != NULL;
    counted = 0; /* what the loader needed before is no concern of the program's */
}

__attribute__((destructor)) static void end(void) {
    const char* path = getenv("FAIL_COUNT");
    if (path == NULL) return;
    char text[32];
    const int length =
        snprintf(text, sizeof text, "%lu\n", __atomic_load_n(&counted, __ATOMIC_RELAXED));
    const int file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (file < 0 || write(file, text, (size_t)length) != length) abort();
    close(file);
}

static int fails(void) {
    const unsigned long number = __atomic_add_fetch(&counted, 1, __ATOMIC_RELAXED);
    if (failing == 0 || (for_good ? number < failing : number != failing)) return 0;
    errno = ENOMEM;
    return 1;
}

void* malloc(size_t size) {
    return fails() ? NULL : __libc_malloc(size);
}

void* calloc(size_t count, size_t size) {
    return fails() ? NULL : __libc_calloc(count, size);
}

void* realloc(void* old, size_t size) {
    return fails() ? NULL : __libc_realloc(old, size);
}

void* aligned_alloc(size_t alignment, size_t size) {
    return fails() ? NULL : __libc_memalign(alignment, size);
}

int posix_memalign(void** result, size_t alignment, size_t size) {
    void* memory = fails() ? NULL : __libc_memalign(alignment, size);
    if (memory == NULL) return ENOMEM;
    *result = memory;
    return 0;
}
