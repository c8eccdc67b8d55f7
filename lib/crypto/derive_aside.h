// SPDX-License-Identifier: LGPL-2.1-or-later
// Key derivation that returns at once when it is cancelled.
#pragma once

#include "crypto/kdf.h"

namespace latchkey::crypto {

// Runs derive() on another thread.  A derivation that is stopped wipes its memory, gigabytes with Argon2, and a library
// stops only between parts of a pass: too long after ^C.  Returns Interrupted soon after `cancelled` becomes
// true; the thread, which owns everything it uses, ends a while later.
[[nodiscard]] Result<SecretBuffer> derive_aside(const model::KdfParams& params, ByteView passphrase,
                                                ByteView salt, std::size_t length,
                                                const std::atomic<bool>& cancelled);

}  // namespace latchkey::crypto
