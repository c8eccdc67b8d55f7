// SPDX-License-Identifier: LGPL-2.1-or-later
// The anti-forensic splitter of LUKS (docs/formats/luks1.md section 3), version 1 for both formats.
#pragma once

#include <cstdint>
#include <string_view>

#include "base/bytes.h"
#include "latchkey/context.h"
#include "latchkey/error.h"
#include "latchkey/secret.h"

namespace latchkey::crypto {

inline constexpr std::uint32_t kAfStripes = 4000;  // nearly every program writes this number

// Returns the length of the split material in bytes: key_length * stripes rounded up to 512-byte sectors.
[[nodiscard]] constexpr std::uint64_t af_material_length(std::uint64_t key_length,
                                                         std::uint32_t stripes = kAfStripes) {
    return (key_length * stripes + 511) / 512 * 512;
}

// Spreads `key` over af_material_length() bytes; the padding is zero.  Asks `random` for key.size() bytes once per
// stripe, except the last.
[[nodiscard]] Result<SecretBuffer> af_split(ByteView key, std::string_view hash,
                                            RandomSource& random,
                                            std::uint32_t stripes = kAfStripes);

// Inverts af_split.  `material` must have at least key_length * stripes bytes.
[[nodiscard]] Result<SecretBuffer> af_merge(ByteView material, std::size_t key_length,
                                            std::string_view hash,
                                            std::uint32_t stripes = kAfStripes);

}  // namespace latchkey::crypto
