// SPDX-License-Identifier: LGPL-2.1-or-later
// Computes dm-crypt's IVs from sector numbers (docs/formats/device-mapper.md section 2).
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
    Essiv,  // plain64; the caller encrypts it with the hash of the key
    Eboiv,  // byte offset of the sector; the caller encrypts it with the key
};

// Returns nothing for generators that are not computed here: lmk (lmk.h), tcw, random, elephant.
[[nodiscard]] std::optional<IvKind> find_iv(std::string_view name);

// Fills `iv`, one cipher block, for sector `number`.  `sector_size` is in bytes; only eboiv uses it.
void write_iv(IvKind kind, std::uint64_t number, std::uint32_t sector_size, MutableByteView iv);
// Fills one block of `block_bytes` after the other for sectors `number`, `number + step` ...
void write_ivs(IvKind kind, std::uint64_t number, std::uint32_t step, std::uint32_t sector_size,
               std::size_t block_bytes, MutableByteView ivs);

}  // namespace latchkey::crypto
