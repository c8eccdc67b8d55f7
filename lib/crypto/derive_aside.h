// SPDX-License-Identifier: LGPL-2.1-or-later
// A derivation that can be left at once.
#pragma once

#include "crypto/kdf.h"

namespace latchkey::crypto {

// derive(), on a thread of its own.  Argon2 can only be stopped between passes over parts of its memory, and wipes all of
// that: with a gigabyte this takes seconds, for which a person who pressed ^C shall not wait.  Interrupted soon after
// `cancelled` has become true; the thread, which owns all that it touches, ends a while later.
[[nodiscard]] Result<SecretBuffer> derive_aside(const model::KdfParams& params, ByteView passphrase,
                                                ByteView salt, std::size_t length,
                                                const std::atomic<bool>& cancelled);

}  // namespace latchkey::crypto
