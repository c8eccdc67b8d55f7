// SPDX-License-Identifier: LGPL-2.1-or-later
// The key derivation functions behind derive(), one file each.
#pragma once

#include "crypto/kdf.h"

namespace latchkey::crypto {

// libgcrypt 1.10.1 computes the size in bytes with 32 bits: 4 GiB would be 0 for it, and more a
// buffer that is too small, written past its end.
inline constexpr std::uint64_t kMaxArgon2MemoryKib = UINT32_MAX / 1024;

// All have the contract of derive(); `params.type` is one that they are listed for.
[[nodiscard]] Result<SecretBuffer> pbkdf2(const model::KdfParams& params, ByteView passphrase,
                                          ByteView salt, std::size_t length,
                                          const std::atomic<bool>& cancelled);
[[nodiscard]] Result<SecretBuffer> argon2(const model::KdfParams& params, ByteView passphrase,
                                          ByteView salt, std::size_t length,
                                          const std::atomic<bool>& cancelled);

}  // namespace latchkey::crypto
