// SPDX-License-Identifier: LGPL-2.1-or-later
// What dm-crypt's IV generators make of a sector number (docs/formats/device-mapper.md section 2).
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "base/bytes.h"

namespace latchkey::crypto {

enum class IvKind : std::uint8_t {
    Null,
    Plain,
    Plain64,
    Plain64be,
    Benbi,
    Essiv,  // plain64, still to be encrypted with the hash of the key
    Eboiv,  // byte offset of the sector, still to be encrypted with the key
};

// Nothing for generators that are not computed here: lmk (lmk.h), tcw, random, elephant.
[[nodiscard]] std::optional<IvKind> find_iv(std::string_view name);

// Fills `iv`, one block of the cipher, for sector `number`.  `sector_size` in bytes, for eboiv.
void write_iv(IvKind kind, std::uint64_t number, std::uint32_t sector_size, MutableByteView iv);
// For sectors `number`, `number + step` ..., blocks of `block_bytes` one behind the other.
void write_ivs(IvKind kind, std::uint64_t number, std::uint32_t step, std::uint32_t sector_size,
               std::size_t block_bytes, MutableByteView ivs);

}  // namespace latchkey::crypto
