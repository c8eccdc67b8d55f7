// SPDX-License-Identifier: LGPL-2.1-or-later
#include "crypto/gcrypt/algorithms.h"

#include <algorithm>
#include <array>
#include <vector>

#include "base/nearest.h"
#include "crypto/gcrypt/library.h"
#include "latchkey/ascii.h"

namespace latchkey::crypto {
namespace {

// Names as in LUKS headers.  If the kernel or libgcrypt uses another name, both are listed.
constexpr std::array kHashes = {
    HashAlgorithm{"sha1", GCRY_MD_SHA1}, HashAlgorithm{"sha224", GCRY_MD_SHA224},
    HashAlgorithm{"sha256", GCRY_MD_SHA256}, HashAlgorithm{"sha384", GCRY_MD_SHA384},
    HashAlgorithm{"sha512", GCRY_MD_SHA512}, HashAlgorithm{"sha512-224", GCRY_MD_SHA512_224},
    HashAlgorithm{"sha512-256", GCRY_MD_SHA512_256}, HashAlgorithm{"sha3-224", GCRY_MD_SHA3_224},
    HashAlgorithm{"sha3-256", GCRY_MD_SHA3_256}, HashAlgorithm{"sha3-384", GCRY_MD_SHA3_384},
    HashAlgorithm{"sha3-512", GCRY_MD_SHA3_512}, HashAlgorithm{"ripemd160", GCRY_MD_RMD160},
    HashAlgorithm{"rmd160", GCRY_MD_RMD160}, HashAlgorithm{"whirlpool", GCRY_MD_WHIRLPOOL},
    // libgcrypt before 1.6.0 computed Whirlpool wrongly when a message came in several pieces.  Headers written with it
    // open only with the same mistake (docs/formats/luks1.md section 10).
    HashAlgorithm{"whirlpool_gcryptbug", GCRY_MD_WHIRLPOOL, GCRY_MD_FLAG_BUGEMU1},
    HashAlgorithm{"blake2b-160", GCRY_MD_BLAKE2B_160},
    HashAlgorithm{"blake2b-256", GCRY_MD_BLAKE2B_256},
    HashAlgorithm{"blake2b-384", GCRY_MD_BLAKE2B_384},
    HashAlgorithm{"blake2b-512", GCRY_MD_BLAKE2B_512},
    HashAlgorithm{"blake2s-128", GCRY_MD_BLAKE2S_128},
    HashAlgorithm{"blake2s-160", GCRY_MD_BLAKE2S_160},
    HashAlgorithm{"blake2s-224", GCRY_MD_BLAKE2S_224},
    HashAlgorithm{"blake2s-256", GCRY_MD_BLAKE2S_256}, HashAlgorithm{"sm3", GCRY_MD_SM3},
    HashAlgorithm{"stribog256", GCRY_MD_STRIBOG256},
    HashAlgorithm{"stribog512", GCRY_MD_STRIBOG512},
    HashAlgorithm{"streebog256", GCRY_MD_STRIBOG256},
    HashAlgorithm{"streebog512", GCRY_MD_STRIBOG512},
    HashAlgorithm{"md5", GCRY_MD_MD5},  // for plain mappings and ESSIV; too short for LUKS digests
};

// Key lengths that the kernel accepts.
constexpr std::array kCiphers = {
    CipherAlgorithm{"aes", 16, 16, 16, GCRY_CIPHER_AES128},
    CipherAlgorithm{"aes", 24, 24, 16, GCRY_CIPHER_AES192},
    CipherAlgorithm{"aes", 32, 32, 16, GCRY_CIPHER_AES256},
    // Serpent's rule for shorter keys: append one bit, then zeros.
    CipherAlgorithm{"serpent", 1, 32, 16, GCRY_CIPHER_SERPENT256, 32, std::byte{1}},
    CipherAlgorithm{"twofish", 16, 16, 16, GCRY_CIPHER_TWOFISH128},
    CipherAlgorithm{"twofish", 24, 24, 16, 0},
    CipherAlgorithm{"twofish", 32, 32, 16, GCRY_CIPHER_TWOFISH},
    CipherAlgorithm{"camellia", 16, 16, 16, GCRY_CIPHER_CAMELLIA128},
    CipherAlgorithm{"camellia", 24, 24, 16, GCRY_CIPHER_CAMELLIA192},
    CipherAlgorithm{"camellia", 32, 32, 16, GCRY_CIPHER_CAMELLIA256},
    CipherAlgorithm{"sm4", 16, 16, 16, GCRY_CIPHER_SM4},
    CipherAlgorithm{"seed", 16, 16, 16, GCRY_CIPHER_SEED},
    CipherAlgorithm{"cast5", 5, 10, 8, 0},  // libgcrypt lacks the variant with fewer rounds
    CipherAlgorithm{"cast5", 11, 16, 8, GCRY_CIPHER_CAST5, 16},
    CipherAlgorithm{"blowfish", 4, 56, 8, GCRY_CIPHER_BLOWFISH},
    CipherAlgorithm{"des3_ede", 24, 24, 8, GCRY_CIPHER_3DES},
    CipherAlgorithm{"des", 8, 8, 8, GCRY_CIPHER_DES},
};

static_assert(std::all_of(kCiphers.begin(), kCiphers.end(), [](const CipherAlgorithm& row) {
    return row.block_bytes <= kLongestBlock && row.min_key_bytes <= row.max_key_bytes;
}));

}  // namespace

Result<const HashAlgorithm*> find_hash(std::string_view name) {
    LK_TRY(require_gcrypt());
    for (const HashAlgorithm& row : kHashes)
        if (equal_ignoring_case(row.name, name)) {
            if (gcry_md_test_algo(row.id) != 0) break;
            return &row;
        }
    std::vector<std::string_view> names;
    for (const HashAlgorithm& row : kHashes) names.push_back(row.name);
    std::erase(names, name);
    return fail(Errc::MissingCipher, "hash '%.*s' is not available", static_cast<int>(name.size()),
                name.data())
        .with_hint(did_you_mean(name, names));
}

Result<const CipherAlgorithm*> find_cipher(std::string_view name, std::size_t key_bytes) {
    LK_TRY(require_gcrypt());
    bool known = false;
    for (const CipherAlgorithm& row : kCiphers) {
        if (row.name != name) continue;
        known = true;
        if (key_bytes < row.min_key_bytes || key_bytes > row.max_key_bytes) continue;
        if (row.id != 0 && gcry_cipher_test_algo(row.id) == 0) return &row;
        return fail(Errc::MissingCipher, "cipher '%s' with a key of %zu bytes is not available",
                    row.name.data(), key_bytes);
    }
    if (known)
        return fail(Errc::InvalidArgument, "cipher '%.*s' has no keys of %zu bytes",
                    static_cast<int>(name.size()), name.data(), key_bytes);
    return fail(Errc::MissingCipher, "cipher '%.*s' is not available",
                static_cast<int>(name.size()), name.data());
}

}  // namespace latchkey::crypto
