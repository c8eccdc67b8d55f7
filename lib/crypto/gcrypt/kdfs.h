// SPDX-License-Identifier: LGPL-2.1-or-later
// The key derivation functions behind derive(), one per file.
#pragma once

#include "crypto/kdf.h"

namespace latchkey::crypto {

// All keep the contract of derive(); `params.type` must be one that the function is listed for.
[[nodiscard]] Result<SecretBuffer> pbkdf2(const model::KdfParams& params, ByteView passphrase,
                                          ByteView salt, std::size_t length,
                                          const std::atomic<bool>& cancelled);
[[nodiscard]] Result<SecretBuffer> argon2(const model::KdfParams& params, ByteView passphrase,
                                          ByteView salt, std::size_t length,
                                          const std::atomic<bool>& cancelled);
// Computes argon2() with libraries alone, libgcrypt or libargon2.  They are the reference of the kernels, and do what no
// kernel may or can do.
[[nodiscard]] Result<SecretBuffer> argon2_by_library(const model::KdfParams& params,
                                                     ByteView passphrase, ByteView salt,
                                                     std::size_t length,
                                                     const std::atomic<bool>& cancelled);

}  // namespace latchkey::crypto
