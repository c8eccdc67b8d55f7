// SPDX-License-Identifier: LGPL-2.1-or-later
// Measures the speed of key derivation and ciphers on this machine, in memory.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "latchkey/context.h"
#include "latchkey/error.h"
#include "latchkey/params.h"

namespace latchkey {

// Returns the PBKDF2 iterations per second with `hash` for a key of `key_bytes`.  MissingCipher for an unknown hash.
[[nodiscard]] LATCHKEY_API Result<std::uint64_t> benchmark_pbkdf2(Context& context,
                                                                  std::string_view hash,
                                                                  std::size_t key_bytes);

// The cost that a new keyslot would get so that it opens in request.time_ms.
struct KdfCost {
    std::uint64_t iterations = 0;  // PBKDF2 iterations, or Argon2 passes
    std::uint64_t memory_kib = 0;  // Argon2
    std::uint32_t lanes = 0;       // Argon2
};
[[nodiscard]] LATCHKEY_API Result<KdfCost> benchmark_kdf(Context& context,
                                                         const KdfRequest& request,
                                                         std::size_t key_bytes);

// Returns the name of the loop that derives keys of this size here ("sha256-shani-2", docs/kdf-kernels.md); "" if the
// cryptographic libraries do it.  `hash` is that of pbkdf2.
[[nodiscard]] LATCHKEY_API std::string kdf_kernel(std::string_view type, std::string_view hash,
                                                  std::size_t key_bytes);

struct CipherSpeed {
    double encrypt_mib_s = 0;
    double decrypt_mib_s = 0;
};
// Measures `cipher`, written as in FormatParams::cipher.  MissingCipher, or InvalidArgument for a key length that
// does not fit.
[[nodiscard]] LATCHKEY_API Result<CipherSpeed> benchmark_cipher(Context& context,
                                                                std::string_view cipher,
                                                                std::size_t key_bytes);

}  // namespace latchkey
