// SPDX-License-Identifier: LGPL-2.1-or-later
// Reads key files for programs that do not use them for keyslots.
#include "latchkey/keyfile.h"

#include <unistd.h>

#include <algorithm>

#include "capi/guard.h"

using namespace latchkey::capi;
using latchkey::Result;
using latchkey::SecretBuffer;

namespace {

Result<SecretBuffer> read(const char* path, const latchkey::KeyfileOptions& options) {
    return path == nullptr ? latchkey::read_keyfile(STDIN_FILENO, options)
                           : latchkey::read_keyfile(path, options);
}

}  // namespace

int crypt_keyfile_device_read(crypt_device* cd, const char* keyfile, char** key,
                              size_t* key_size_read, uint64_t keyfile_offset, size_t key_size,
                              uint32_t flags) {
    if (key == nullptr || key_size_read == nullptr) return -EINVAL;
    *key = nullptr;
    *key_size_read = 0;
    return guarded(cd, [&]() -> Result<int> {
        latchkey::KeyfileOptions options{.offset = keyfile_offset};
        if (key_size != 0) options.size = key_size;
        options.stop_at_newline = (flags & CRYPT_KEYFILE_STOP_EOL) != 0;
        LK_ASSIGN(const SecretBuffer bytes, read(keyfile, options));
        // An empty key is valid: its pointer must differ from that of a failed call.
        auto* copy = static_cast<char*>(crypt_safe_alloc(std::max<std::size_t>(bytes.size(), 1)));
        if (copy == nullptr) return silent(ENOMEM);
        std::ranges::copy(bytes.bytes(), reinterpret_cast<std::byte*>(copy));
        *key = copy;
        *key_size_read = bytes.size();
        return 0;
    });
}

int crypt_keyfile_read(crypt_device* cd, const char* keyfile, char** key, size_t* key_size_read,
                       size_t keyfile_offset, size_t key_size, uint32_t flags) {
    return crypt_keyfile_device_read(cd, keyfile, key, key_size_read, keyfile_offset, key_size,
                                     flags);
}
