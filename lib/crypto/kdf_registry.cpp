// SPDX-License-Identifier: LGPL-2.1-or-later
#include <array>

#include "crypto/gcrypt/kdfs.h"
#include "crypto/kdf.h"

namespace latchkey::crypto {
namespace {

struct Kdf {
    std::string_view type;  // as in LUKS2 headers
    Result<SecretBuffer> (*derive)(const model::KdfParams&, ByteView passphrase, ByteView salt,
                                   std::size_t length, const std::atomic<bool>& cancelled);
};

// The only list of key derivation functions.
constexpr std::array kKdfs = {
    Kdf{model::kPbkdf2, &pbkdf2},
    Kdf{model::kArgon2i, &argon2},
    Kdf{model::kArgon2id, &argon2},
};

}  // namespace

Result<SecretBuffer> derive(const model::KdfParams& params, ByteView passphrase, ByteView salt,
                            std::size_t length, const std::atomic<bool>& cancelled) {
    if (length == 0) return fail(Errc::InvalidArgument, "derived key length 0 < 1");
    for (const Kdf& kdf : kKdfs)
        if (kdf.type == params.type) return kdf.derive(params, passphrase, salt, length, cancelled);
    return fail(Errc::MissingCipher, "key derivation function '%s' is not available",
                params.type.c_str());
}

}  // namespace latchkey::crypto
