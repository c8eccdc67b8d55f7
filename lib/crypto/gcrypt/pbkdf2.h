// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "crypto/gcrypt/hmac.h"
#include "crypto/kdf.h"
#include "crypto/pbkdf2_streams.h"

namespace latchkey::crypto {

// Computes pbkdf2() with these kernels of the hash of `params`.  Without kernels, libgcrypt alone computes it; it is
// the reference.
[[nodiscard]] Result<SecretBuffer> pbkdf2_by(Kernels kernels, const model::KdfParams& params,
                                             ByteView passphrase, ByteView salt, std::size_t length,
                                             const std::atomic<bool>& cancelled);

// Computes U_1 of the block T with this index; indexes start at 1.
void first_step(Hmac& hmac, ByteView salt, std::size_t index, MutableByteView into);

// Makes the keyed stream.  HMAC replaces a key longer than a block with its digest.
[[nodiscard]] Result<kernels::Stream> keyed_stream(const kernels::Kernel& kernel,
                                                   const HashAlgorithm& algorithm, ByteView key);

}  // namespace latchkey::crypto
