// SPDX-License-Identifier: LGPL-2.1-or-later
// Parses a cipher in dm-crypt's notation and checks it against a list.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "latchkey/error.h"

namespace latchkey::model {

// "aes-cbc-essiv:sha256" = {aes, cbc, essiv, sha256}; "aes-ecb" has no IV; "aes:64-cbc-lmk" has 64 keys.
// "capi:xts(aes)-plain64" sets kernel_name, and the other fields as far as they are known.
struct CipherSpec {
    std::string text;       // as written in the header and in a dm table
    std::string cipher;     // "aes"
    std::string mode;       // "xts", "cbc", "ecb", ...
    std::string iv;         // "plain64", "essiv", ... or ""
    std::string iv_option;  // "sha256"
    std::uint32_t key_count = 1;
    std::string kernel_name;  // of capi: specifications: "xts(aes)"; otherwise ""

    [[nodiscard]] bool is_null() const { return cipher == "cipher_null"; }
};

// Accepts only what the tables in cipher_spec.cpp list (ciphers, modes, IVs, kernel names), because a header must not
// be able to select a driver.  InvalidArgument names the part and the text.
[[nodiscard]] Result<CipherSpec> parse_cipher_spec(std::string_view text);

// Does the same for a text that a user wrote: ciphers, modes and hashes may have any name, because the kernel may know
// them.
[[nodiscard]] Result<CipherSpec> parse_cipher_for_kernel(std::string_view text);

// Returns whether a text names the cipher that encrypts nothing, in any notation, even if the rest of it is invalid:
// "cipher_null-ecb", "null", "capi:ecb(cipher_null)", "CIPHER_NULL-cbc-essiv:sha256".
[[nodiscard]] bool names_null_cipher(std::string_view text);

// Expands the short forms that users may write: "aes" -> "aes-cbc-plain", "null" -> "cipher_null-ecb".
[[nodiscard]] std::string expand_cipher(std::string_view text);

// LUKS1 stores name and mode separately, split at the first '-'.
[[nodiscard]] std::string_view cipher_name_part(std::string_view text);
[[nodiscard]] std::string_view cipher_mode_part(std::string_view text);

}  // namespace latchkey::model
