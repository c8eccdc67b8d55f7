// SPDX-License-Identifier: LGPL-2.1-or-later
// Whether bytes can be ciphertext.
#pragma once

#include <cstddef>
#include <optional>

#include "base/bytes.h"

namespace latchkey {

// Where the first block of 512 bytes begins that no cipher wrote: zeros or another byte repeated, text, a table
// or program of some kind.  What is compressed or encrypted by others looks as ciphertext does, and passes.
//
// Of truly random bytes fewer than one block in 10^15 is accused, fewer than one keyslot in 10^12.  A rest of less
// than a block at the end is not looked at.
[[nodiscard]] std::optional<std::size_t> first_block_not_random(ByteView bytes);

}  // namespace latchkey
