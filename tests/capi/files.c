// SPDX-License-Identifier: GPL-2.0-or-later
// Key files, wiping, memory, benchmarks.
#include "transcript.h"

static void read_key(const char* file, uint64_t offset, size_t size, uint32_t flags) {
    char* key = NULL;
    size_t length = 0;
    const int result = crypt_keyfile_device_read(NULL, file, &key, &length, offset, size, flags);
    printf("%s from %lu, %zu bytes, flags %u: %s", file, (unsigned long)offset, size, flags,
           answer_text(result));
    if (result == 0) printf(", %zu: %.*s", length, (int)length, key);
    printf("\n");
    crypt_safe_free(key);
}

static void keyfiles(void) {
    write_file("lines.key", "first line\nsecond", 17);
    write_file("empty.key", "", 0);
    crypt_set_log_callback(NULL, log_line, NULL);
    read_key("lines.key", 0, 0, 0);
    read_key("lines.key", 0, 0, CRYPT_KEYFILE_STOP_EOL);
    read_key("lines.key", 3, 0, CRYPT_KEYFILE_STOP_EOL);
    read_key("lines.key", 3, 4, 0);
    read_key("lines.key", 3, 4, CRYPT_KEYFILE_STOP_EOL);
    read_key("lines.key", 0, 17, 0);
    read_key("lines.key", 0, 18, 0);
    read_key("lines.key", 17, 0, 0);
    read_key("lines.key", 100, 0, 0);
    read_key("missing.key", 0, 0, 0);
    read_key(new_image("large.key", 9 * 1024 * 1024), 0, 0, 0);
    read_key("large.key", 0, 0, CRYPT_KEYFILE_STOP_EOL);
    char* key = NULL;
    size_t length = 0;
    SHOW(crypt_keyfile_read(NULL, "lines.key", &key, &length, 6, 4, 0));
    printf("%.*s\n", (int)length, key);
    crypt_safe_free(key);
    SHOW(crypt_keyfile_read(NULL, "lines.key", NULL, &length, 6, 4, 0));
    SHOW(crypt_keyfile_read(NULL, "lines.key", &key, NULL, 6, 4, 0));
}

static int seen;
static int go_on(uint64_t size, uint64_t offset, void* user) {
    ++seen;
    return user != NULL && offset >= size / 2;
}

enum { kBlock = 4096, kBlocks = 6, kSize = kBlock * kBlocks };
static char text[kSize], after[kSize];

static void read_back(void) {
    const int fd = open("w.img", O_RDONLY);
    if (fd < 0 || read(fd, after, kSize) != kSize) exit(99);
    close(fd);
}

static void show_bytes(void) {
    read_back();
    printf("blocks:");
    for (int at = 0; at < kSize; at += kBlock)
        printf(" %s", after[at] == 'x' ? "x" : after[at] == 0 ? "0" : "?");
    printf("\n");
}

static void wipe(void) {
    memset(text, 'x', sizeof text);
    write_file("w.img", text, sizeof text);
    struct crypt_device* cd = context_of("w.img");
    SHOW(crypt_wipe(cd, NULL, CRYPT_WIPE_ZERO, kBlock, 2 * kBlock, kBlock, 0, NULL, NULL));
    show_bytes();
    SHOW(crypt_wipe(cd, "w.img", CRYPT_WIPE_ZERO, 5 * kBlock, 0, kBlock, CRYPT_WIPE_NO_DIRECT_IO,
                    NULL, NULL));
    show_bytes();
    ++quiet;  // we log what is missing
    SHOW(crypt_wipe(cd, "missing.img", CRYPT_WIPE_ZERO, 0, 0, 0, 0, NULL, NULL) < 0);
    --quiet;
    SHOW(crypt_wipe(cd, "w.img", CRYPT_WIPE_ZERO, 1, 512, 512, 0, NULL, NULL));
    SHOW(crypt_wipe(cd, "w.img", CRYPT_WIPE_ZERO, 0, 100, 512, 0, NULL, NULL));
    SHOW(crypt_wipe(cd, "w.img", CRYPT_WIPE_ZERO, 0, 512, 100, 0, NULL, NULL));
    write_file("w.img", text, sizeof text);
    OURS(crypt_wipe(cd, "w.img", CRYPT_WIPE_ZERO, 512, 1024, 512, CRYPT_WIPE_NO_DIRECT_IO, NULL,
                    NULL),
         0, "the peer wipes other places too where blocks are smaller than the file system's");
    read_back();
    if (on_ours()) {
        check_ours("in front", after[511], 'x', "untouched");
        check_ours("wiped", after[512] == 0 && after[1535] == 0, 1, "all of the length");
        check_ours("behind", after[1536], 'x', "untouched");
    }
    write_file("w.img", text, sizeof text);
    seen = 0;
    SHOW(crypt_wipe(cd, "w.img", CRYPT_WIPE_ZERO, 0, kSize, kBlock, CRYPT_WIPE_NO_DIRECT_IO, go_on,
                    text));
    SHOW(seen > 0);
    write_file("w.img", text, sizeof text);
    SHOW(crypt_wipe(cd, "w.img", CRYPT_WIPE_RANDOM, 0, kSize, kBlock, CRYPT_WIPE_NO_DIRECT_IO,
                    go_on, NULL));
    read_back();
    SHOW(memcmp(after, text, kSize) != 0);
    SHOW(crypt_wipe(cd, "w.img", CRYPT_WIPE_SPECIAL, 0, kBlock, kBlock, CRYPT_WIPE_NO_DIRECT_IO,
                    NULL, NULL));
    crypt_free(cd);
}

static void memory(void) {
    char* data = crypt_safe_alloc(16);
    SHOW(data != NULL);
    SHOW(data[0] | data[15]);
    strcpy(data, "some text");
    data = crypt_safe_realloc(data, 64);
    SHOW_TEXT(data);
    SHOW(data[63]);
    data = crypt_safe_realloc(data, 4);
    printf("%.4s\n", data);
    crypt_safe_memzero(data, 4);
    SHOW(data[0] | data[3]);
    crypt_safe_free(data);
    crypt_safe_free(NULL);
    SHOW(crypt_safe_alloc(0) == NULL);
    data = crypt_safe_realloc(NULL, 8);
    SHOW(data != NULL);
    crypt_safe_free(data);
}

static void benchmark(void) {
    struct crypt_pbkdf_type kdf = {.type = "pbkdf2", .hash = "sha256", .time_ms = 1000};
    SHOW(crypt_benchmark_pbkdf(NULL, &kdf, "foo", 3, "0123456789abcdef", 16, 32, NULL, NULL) < 0);
    struct crypt_device* cd = context_of("w.img");
    SHOW(crypt_benchmark_pbkdf(cd, &kdf, "foo", 3, "0123456789abcdef", 16, 32, NULL, NULL));
    SHOW(kdf.iterations > 1000);
    kdf.hash = "unknown";
    ++quiet;  // we log the reason
    SHOW(crypt_benchmark_pbkdf(cd, &kdf, "foo", 3, "0123456789abcdef", 16, 32, NULL, NULL) < 0);
    --quiet;
    SHOW(crypt_benchmark_pbkdf(cd, NULL, "foo", 3, "0123456789abcdef", 16, 32, NULL, NULL));
    double encrypt = 0, decrypt = 0;
    OURS(crypt_benchmark(cd, "aes", "xts", 32, 16, 1048576, &encrypt, &decrypt), 0,
         "the peer needs the kernel's interface for ciphers");
    if (on_ours()) check_ours("speeds", encrypt > 0 && decrypt > 0, 1, "are measured");
    OURS(crypt_benchmark(cd, "unknown", "xts", 32, 16, 1048576, &encrypt, &decrypt), -ENOENT,
         "the same");
    SHOW(crypt_benchmark(cd, NULL, "xts", 32, 16, 1048576, &encrypt, &decrypt));
    crypt_free(cd);
}

int main(void) {
    setvbuf(stdout, NULL, _IONBF, 0);
    keyfiles();
    wipe();
    memory();
    benchmark();
    return finish();
}
