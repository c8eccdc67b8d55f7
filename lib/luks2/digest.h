// SPDX-License-Identifier: LGPL-2.1-or-later
// Digests: they verify that a candidate is the key of a keyslot or segment.
#pragma once

#include <cstdint>
#include <string_view>

#include "crypto/kdf.h"
#include "latchkey/context.h"
#include "luks2/metadata.h"

namespace latchkey::luks2 {

// Checks that `key` has this digest; WrongPassphrase if not.  CostRefused for a count above the policy, MissingCipher
// for an unknown type or hash, CorruptHeader for a length that the hash cannot have.
[[nodiscard]] Result<void> check_digest(Context& context, const Digest& digest, ByteView key);

// Adds the cost of checking the digest, unless this cost alone is refused.
void add_digest(crypto::KdfTotal& total, const Digest& digest, const KdfPolicy& policy);

// Makes a new digest of `key` with a fresh salt; the caller sets its number and references.
[[nodiscard]] Result<Digest> make_digest(Context& context, ByteView key, std::string_view hash,
                                         std::uint64_t iterations);

// Returns the number of iterations of a new digest: 125 ms on this machine, at least 1000; 1000 without measuring.
[[nodiscard]] Result<std::uint64_t> digest_iterations(Context& context, std::string_view hash,
                                                      std::size_t key_length, bool measure);

}  // namespace latchkey::luks2
