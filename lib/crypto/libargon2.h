// SPDX-License-Identifier: LGPL-2.1-or-later
// Argon2 by its reference library, for what libgcrypt 1.10 refuses: 4 GiB of memory and more, empty passphrases.
#pragma once

#include "crypto/kdf.h"

namespace latchkey::crypto {

// The contract of derive(); memory, time and lanes are within what RFC 9106 allows.  The library cannot be stopped:
// when cancelled, a thread of ours goes on alone, keeps its memory until it is done, and forgets the result.
[[nodiscard]] Result<SecretBuffer> derive_by_libargon2(const model::KdfParams& params,
                                                       ByteView passphrase, ByteView salt,
                                                       std::size_t length,
                                                       const std::atomic<bool>& cancelled);

}  // namespace latchkey::crypto
