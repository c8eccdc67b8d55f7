// SPDX-License-Identifier: LGPL-2.1-or-later
// Argon2i and Argon2id, version 0x13 (RFC 9106), with a kernel, and the lanes on threads of this process.
#pragma once

#include "crypto/kdf.h"
#include "crypto/kernels/argon2.h"

namespace latchkey::crypto {

inline constexpr std::size_t kMaxArgon2Threads = 64;  // more lanes take turns

struct Argon2Inputs {
    ByteView passphrase;
    ByteView salt;
    ByteView secret = {};  // K and X of RFC 9106, which no LUKS keyslot has
    ByteView associated = {};
};

// Keeps the contract of derive(); memory, time, lanes and length must be within the limits of RFC 9106.  Stops filling
// memory within a few milliseconds after `cancelled` becomes true; wiping it then takes a tenth of a second a GiB.
[[nodiscard]] Result<SecretBuffer> argon2_by(const kernels::Argon2Kernel& kernel,
                                             const model::KdfParams& params,
                                             const Argon2Inputs& inputs, std::size_t length,
                                             const std::atomic<bool>& cancelled);

}  // namespace latchkey::crypto
