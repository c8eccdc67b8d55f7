// SPDX-License-Identifier: GPL-2.0-or-later
// A device that gets another one's name is not mistaken for it; a file that is being served is not destroyed.  The
// peer's library does both wrong, so every line is ours only.
#include "transcript.h"

static void copy_file(const char* from, const char* to) {
    static char bytes[1 << 20];
    unlink(to);
    const int in = open(from, O_RDONLY);
    const int out = open(to, O_CREAT | O_RDWR, 0600);
    ssize_t count = 0;
    while ((count = read(in, bytes, sizeof bytes)) > 0)
        if (write(out, bytes, (size_t)count) != count) exit(94);
    close(in);
    close(out);
}

static void point(const char* name, const char* to) {
    unlink(name);
    if (symlink(to, name) != 0) exit(93);
}

static void make(const char* path, const char* type) {
    struct crypt_device* cd = formatted(path, type);
    ++quiet;
    if (crypt_keyslot_add_by_volume_key(cd, 0, NULL, 0, "one", 3) != 0) exit(92);
    --quiet;
    crypt_free(cd);
}

static void another_under_its_name(void) {
    make("first.img", CRYPT_LUKS2);
    copy_file("first.img", "second.img");  // with the same UUID
    point("link", "first.img");
    struct crypt_device* cd = context_of("link");
    cheap(cd);
    SHOW(crypt_load(cd, CRYPT_LUKS2, NULL));
    point("link", "second.img");
    const char* const reason = "the header that was loaded is on another device";
    OURS(crypt_keyslot_add_by_passphrase(cd, 1, "one", 3, "two", 3), -EINVAL, reason);
    OURS(crypt_keyslot_destroy(cd, 0), -EINVAL, reason);
    OURS(crypt_set_label(cd, "label", NULL), -EINVAL, reason);
    OURS(crypt_token_json_set(cd, CRYPT_ANY_TOKEN, "{\"type\":\"t\",\"keyslots\":[]}"), -EINVAL,
         reason);
    OURS(crypt_header_backup(cd, CRYPT_LUKS2, "backup"), -EINVAL, reason);
    point("link", "first.img");
    OURS(crypt_keyslot_add_by_passphrase(cd, 1, "one", 3, "two", 3), 1, "it is back");
    crypt_free(cd);
    cd = context_of("second.img");
    SHOW(crypt_load(cd, CRYPT_LUKS2, NULL));
    OURS(crypt_keyslot_status(cd, 0), CRYPT_SLOT_ACTIVE_LAST, "nothing was done to it");
    OURS(crypt_keyslot_status(cd, 1), CRYPT_SLOT_INACTIVE, "nothing was done to it");
    OURS(strlen(crypt_get_label(cd)), 0, "nothing was done to it");
    crypt_free(cd);
}

// Takes the lock of our serving processes.
static int serve(const char* path) {
    struct flock lock = {
        .l_type = F_RDLCK, .l_whence = SEEK_SET, .l_start = (off_t)1 << 62, .l_len = 1};
    const int fd = open(path, O_RDWR);
    if (fd < 0 || fcntl(fd, F_OFD_SETLK, &lock) != 0) exit(91);
    return fd;
}

static void served(const char* type, const char* other_type) {
    make("served.img", type);
    unlink("other-name.img");
    if (link("served.img", "other-name.img") != 0) exit(90);
    struct crypt_device* cd = context_of("other-name.img");
    SHOW(crypt_load(cd, type, NULL));
    unlink("backup.hdr");
    SHOW(crypt_header_backup(cd, type, "backup.hdr"));
    const int fd = serve("served.img");
    const char* const reason = "somebody serves it under another name";
    OURS(crypt_keyslot_destroy(cd, 0), -EBUSY, reason);
    OURS(crypt_convert(cd, other_type, NULL), -EBUSY, reason);
    OURS(crypt_header_restore(cd, type, "backup.hdr"), -EBUSY, reason);
    OURS(crypt_wipe(cd, "other-name.img", CRYPT_WIPE_ZERO, 0, 4096, 4096, 0, NULL, NULL), -EBUSY,
         reason);
    OURS(crypt_keyslot_status(cd, 0), CRYPT_SLOT_ACTIVE_LAST, reason);
    struct crypt_device* fresh = context_of("other-name.img");
    cheap(fresh);
    OURS(crypt_format(fresh, type, "aes", "xts-plain64", NULL, NULL, 64, NULL), -EBUSY, reason);
    close(fd);
    OURS(crypt_format(fresh, type, "aes", "xts-plain64", NULL, NULL, 64, NULL), 0,
         "nobody serves it any more");
    crypt_free(fresh);
    crypt_free(cd);
}

int main(void) {
    another_under_its_name();
    served(CRYPT_LUKS2, CRYPT_LUKS1);
    served(CRYPT_LUKS1, CRYPT_LUKS2);
    return finish();
}
