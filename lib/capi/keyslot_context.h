// SPDX-License-Identifier: LGPL-2.1-or-later
// struct crypt_keyslot_context: what opens or protects a keyslot, of any kind.  It has copies of all that it was given.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>

#include "capi/abi.h"
#include "latchkey/error.h"
#include "latchkey/secret.h"

namespace latchkey::capi {

struct PassphraseSource {
    SecretBuffer bytes;
};
// Read at the first use.
struct KeyfileSource {
    std::string path = {};
    std::uint64_t offset = 0;  // bytes
    std::size_t size = 0;      // bytes; 0 = all there are
};
struct TokenSource {
    int token = CRYPT_ANY_TOKEN;
    std::optional<std::string> type = {};
    std::optional<SecretBuffer> pin = {};
    void* user = nullptr;  // for the token's handler
};
struct VolumeKeySource {
    SecretBuffer bytes;  // empty = to be made
    std::size_t key_bytes = 0;
};
struct KeyringSource {
    std::string description = {};
};
struct KeyringVolumeKeySource {
    std::string description = {};
};
struct SignedKeySource {
    SecretBuffer bytes;
    SecretBuffer signature;
};

}  // namespace latchkey::capi

struct crypt_keyslot_context {
    std::variant<latchkey::capi::PassphraseSource, latchkey::capi::KeyfileSource,
                 latchkey::capi::TokenSource, latchkey::capi::VolumeKeySource,
                 latchkey::capi::KeyringSource, latchkey::capi::KeyringVolumeKeySource,
                 latchkey::capi::SignedKeySource>
        source;
    int error = 0;  // of the last use; negative errno
};

namespace latchkey::capi {

// The bytes that the context stands for, if it is one of those with a passphrase: given, in a file, in a keyring.
// NotSupported for tokens and volume keys, which their callers treat apart.
[[nodiscard]] Result<Passphrase> passphrase_from(crypt_device& cd, crypt_keyslot_context& kc);

}  // namespace latchkey::capi
