// SPDX-License-Identifier: LGPL-2.1-or-later
// Verifies whether a candidate is the volume key.
#pragma once

#include <array>
#include <cstdint>

#include "base/bytes.h"
#include "latchkey/context.h"
#include "latchkey/secret.h"
#include "luks1/header.h"

namespace latchkey::luks1 {

// CostRefused if policy forbids the cost; CorruptHeader for iterations 0.
[[nodiscard]] Result<void> check_digest_cost(const Context& context, const Header& header);

// Computes the digest of `key` with the header's hash, salt and iterations.  Interrupted, and the errors of
// check_digest_cost().
[[nodiscard]] Result<std::array<std::byte, kDigestBytes>> digest_of(const Context& context,
                                                                    const Header& header,
                                                                    ByteView key);

// WrongPassphrase if the length or the digest differs.
[[nodiscard]] Result<VolumeKey> verify_key(const Context& context, const Header& header,
                                           CandidateKey candidate);

}  // namespace latchkey::luks1
