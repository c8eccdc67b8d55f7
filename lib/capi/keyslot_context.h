// SPDX-License-Identifier: LGPL-2.1-or-later
// struct crypt_keyslot_context: what opens or protects a keyslot, of any kind.  It has copies of all that it was given.
#pragma once

#include <cstdint>

#include "capi/abi.h"
#include "latchkey/error.h"
#include "latchkey/key_source.h"

struct crypt_keyslot_context {
    int type = 0;  // CRYPT_KC_TYPE_*
    latchkey::KeySource source = {};
    std::size_t key_bytes =
        0;                 // of a volume key, which is to be made where its bytes are not given
    void* user = nullptr;  // for the token's handler
    int error = 0;         // of the last use; negative errno
};

namespace latchkey::capi {

// One for each kind, of what callers bring.  InvalidArgument for no pointer with a size.
[[nodiscard]] Result<crypt_keyslot_context> by_passphrase(const char* bytes, std::size_t size);
[[nodiscard]] Result<crypt_keyslot_context> by_volume_key(const char* bytes, std::size_t size);
[[nodiscard]] Result<crypt_keyslot_context> by_token(int token, const char* type, const char* pin,
                                                     std::size_t pin_size, void* user);
// Read at each use; a size of 0 is all there is.
[[nodiscard]] crypt_keyslot_context by_keyfile(const char* path, std::uint64_t offset,
                                               std::size_t size);
[[nodiscard]] crypt_keyslot_context by_keyring(const char* description);
[[nodiscard]] crypt_keyslot_context by_keyring_volume_key(const char* description);

// True if it is a volume key whose bytes nobody gave.
[[nodiscard]] bool is_of_context(const crypt_keyslot_context& kc);
// The bytes that the context stands for, if it is one of those with a passphrase: given, in a file, in a keyring.
// NotSupported for tokens and volume keys, which their callers treat apart.
[[nodiscard]] Result<Passphrase> passphrase_from(crypt_device& cd, const crypt_keyslot_context& kc);

}  // namespace latchkey::capi
