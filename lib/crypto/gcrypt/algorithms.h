// SPDX-License-Identifier: LGPL-2.1-or-later
// Lists the hashes and block ciphers that libgcrypt provides.
#pragma once

#include <cstddef>
#include <string_view>

#include "latchkey/error.h"

namespace latchkey::crypto {

inline constexpr std::size_t kLongestDigest = 64;  // bytes; of every hash in the list
inline constexpr std::size_t kLongestBlock = 16;   // bytes; of every cipher in the list

struct HashAlgorithm {
    std::string_view name;  // lower case
    int id;                 // GCRY_MD_...
    unsigned flags = 0;     // GCRY_MD_FLAG_...
};

// MissingCipher if the name is not in the list, or libgcrypt was built without it or forbids it.
[[nodiscard]] Result<const HashAlgorithm*> find_hash(std::string_view name);

struct CipherAlgorithm {
    std::string_view name;      // in the kernel
    std::size_t min_key_bytes;  // of one key; modes with two keys need twice as much
    std::size_t max_key_bytes;
    std::size_t block_bytes;
    int id;  // GCRY_CIPHER_..., or 0 if libgcrypt lacks it
    // A shorter key is filled up to this many bytes with `fill` and then zeros.  0 = the key is used as it is.
    std::size_t filled_bytes = 0;
    std::byte fill = {};
};

// MissingCipher if libgcrypt cannot do this cipher; InvalidArgument if the cipher has no such key length.
[[nodiscard]] Result<const CipherAlgorithm*> find_cipher(std::string_view name,
                                                         std::size_t key_bytes);

}  // namespace latchkey::crypto
