// SPDX-License-Identifier: LGPL-2.1-or-later
// Digests: what tells whether a candidate is the key of a keyslot or segment.
#pragma once

#include <cstdint>
#include <string_view>

#include "crypto/kdf.h"
#include "latchkey/context.h"
#include "luks2/metadata.h"

namespace latchkey::luks2 {

// Success if `key` has this digest; WrongPassphrase if not.  CostRefused for a count beyond the policy,
// MissingCipher for an unknown type or hash, CorruptHeader for a length that the hash cannot have.
[[nodiscard]] Result<void> check_digest(Context& context, const Digest& digest, ByteView key);

// Adds what checking it costs, unless that is refused alone.
void add_digest(crypto::KdfTotal& total, const Digest& digest, const KdfPolicy& policy);

// A new digest of `key` with a salt of its own; its number and references are the caller's.
[[nodiscard]] Result<Digest> make_digest(Context& context, ByteView key, std::string_view hash,
                                         std::uint64_t iterations);

// How many iterations a new digest gets: 125 ms on this machine, at least 1000; 1000 where measuring is
// not wanted.
[[nodiscard]] Result<std::uint64_t> digest_iterations(Context& context, std::string_view hash,
                                                      std::size_t key_length, bool measure);

}  // namespace latchkey::luks2
