// SPDX-License-Identifier: LGPL-2.1-or-later
#include "crypto/gcrypt/hmac.h"

#include <utility>

namespace latchkey::crypto {

Hmac::Hmac(Hmac&& from) noexcept : handle_(std::exchange(from.handle_, nullptr)) {}

Result<Hmac> Hmac::create(const HashAlgorithm& algorithm, ByteView key) {
    gcry_md_hd_t handle = nullptr;
    if (const auto error = gcry_md_open(&handle, algorithm.id, algorithm.flags | GCRY_MD_FLAG_HMAC))
        return gcrypt_failure(error, "pbkdf2");
    Hmac hmac(handle);
    // An empty span may have a null address, which libgcrypt would take as no key at all.
    const void* address = key.empty() ? "" : static_cast<const void*>(key.data());
    if (const auto error = gcry_md_setkey(handle, address, key.size()))
        return gcrypt_failure(error, "pbkdf2");
    return hmac;
}

}  // namespace latchkey::crypto
