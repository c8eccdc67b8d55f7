// SPDX-License-Identifier: LGPL-2.1-or-later
// Argon2 with its reference library, for what libgcrypt 1.10 refuses (4 GiB of memory and more, empty passphrases) where no
// kernel may be used.
#pragma once

#include "crypto/kdf.h"

namespace latchkey::crypto {

// Keeps the contract of derive(); memory, time and lanes must be within the limits of RFC 9106.  The library cannot be
// stopped: after a cancellation a thread continues alone, keeps its memory until it is done, and discards the result.
[[nodiscard]] Result<SecretBuffer> derive_by_libargon2(const model::KdfParams& params,
                                                       ByteView passphrase, ByteView salt,
                                                       std::size_t length,
                                                       const std::atomic<bool>& cancelled);

}  // namespace latchkey::crypto
