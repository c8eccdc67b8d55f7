// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "crypto/kdf.h"
#include "crypto/pbkdf2_streams.h"

namespace latchkey::crypto {

// Computes pbkdf2() with these kernels of the hash of `params`.  Without kernels, libgcrypt alone computes it; it is
// the reference.
[[nodiscard]] Result<SecretBuffer> pbkdf2_by(Kernels kernels, const model::KdfParams& params,
                                             ByteView passphrase, ByteView salt, std::size_t length,
                                             const std::atomic<bool>& cancelled);

}  // namespace latchkey::crypto
