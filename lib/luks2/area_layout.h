// SPDX-License-Identifier: LGPL-2.1-or-later
// Chooses the number and the area of a new keyslot.
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

// Returns the bytes of an AF-split key, padded to whole pages: 64 -> 258048, 32 -> 131072.
[[nodiscard]] std::uint64_t area_size_for_key(std::uint32_t key_bytes);

// Return the lowest free number.  NoSpace if all kMax... are used.
[[nodiscard]] Result<int> free_keyslot_number(const Metadata& metadata);
[[nodiscard]] Result<int> free_token_number(const Metadata& metadata);
[[nodiscard]] Result<int> free_digest_number(const Metadata& metadata);

// Returns `size` bytes at the start of the first hole in the keyslots area that is large enough.  NoSpace if there is
// none.
[[nodiscard]] Result<Extent> first_gap(const Metadata& metadata, std::uint64_t size);
// Returns the whole largest hole; the lower one of two equal holes.  NoSpace if there is none.
[[nodiscard]] Result<Extent> largest_gap(const Metadata& metadata);

}  // namespace latchkey::luks2
