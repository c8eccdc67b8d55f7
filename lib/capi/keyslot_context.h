// SPDX-License-Identifier: LGPL-2.1-or-later
// struct crypt_keyslot_context: something that opens or protects a keyslot.  It copies everything that it was given.
#pragma once

#include <cstdint>

#include "capi/abi.h"
#include "latchkey/error.h"
#include "latchkey/key_source.h"

struct crypt_keyslot_context {
    int type = 0;  // CRYPT_KC_TYPE_*
    latchkey::KeySource source = {};
    std::size_t key_bytes = 0;  // of a volume key; the key is generated if its bytes are not given
    void* user = nullptr;       // for the token's handler
    int error = 0;              // of the last use; a negative errno
};

namespace latchkey::capi {

// One function for each kind.  InvalidArgument for a null pointer with a size.
[[nodiscard]] Result<crypt_keyslot_context> by_passphrase(const char* bytes, std::size_t size);
[[nodiscard]] Result<crypt_keyslot_context> by_volume_key(const char* bytes, std::size_t size);
[[nodiscard]] Result<crypt_keyslot_context> by_token(int token, const char* type, const char* pin,
                                                     std::size_t pin_size, void* user);
// The file is read at each use; size 0 = all of it.
[[nodiscard]] crypt_keyslot_context by_keyfile(const char* path, std::uint64_t offset,
                                               std::size_t size);
[[nodiscard]] crypt_keyslot_context by_keyring(const char* description);
[[nodiscard]] crypt_keyslot_context by_keyring_volume_key(const char* description);

// Returns true for a volume key without bytes: the context's own key.
[[nodiscard]] bool is_of_context(const crypt_keyslot_context& kc);
// Returns the passphrase of a context that has one: given, in a file, in a keyring.  NotSupported for tokens and
// volume keys, which the callers handle separately.
[[nodiscard]] Result<Passphrase> passphrase_from(crypt_device& cd, const crypt_keyslot_context& kc);

}  // namespace latchkey::capi
