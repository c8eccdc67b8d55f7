// SPDX-License-Identifier: LGPL-2.1-or-later
// Where a new keyslot's number and area come from.
#pragma once

#include <cstdint>
#include <optional>

#include "latchkey/error.h"
#include "luks2/metadata.h"

namespace latchkey::luks2 {

inline constexpr std::uint64_t kAreaAlignment = 4096;  // bytes; sizes of areas are multiples of it
inline constexpr std::uint64_t kAfStripes = 4000;

struct Extent {
    std::uint64_t offset = 0;  // bytes, on the metadata device
    std::uint64_t size = 0;    // bytes
    bool operator==(const Extent&) const = default;
};

// Bytes that the AF-split key takes, padded to whole areas: 64 -> 258048, 32 -> 131072.
[[nodiscard]] std::uint64_t area_size_for_key(std::uint32_t key_bytes);

// The lowest free numbers.  NoSpace if all kMax... are taken.
[[nodiscard]] Result<int> free_keyslot_number(const Metadata& metadata);
[[nodiscard]] Result<int> free_token_number(const Metadata& metadata);
[[nodiscard]] Result<int> free_digest_number(const Metadata& metadata);

// The first `size` bytes of the first hole in the keyslots area that has room for them.  NoSpace if none has.
[[nodiscard]] Result<Extent> first_gap(const Metadata& metadata, std::uint64_t size);
// The largest hole, whole; the lower of two equal ones.  NoSpace if there is none.
[[nodiscard]] Result<Extent> largest_gap(const Metadata& metadata);

}  // namespace latchkey::luks2
