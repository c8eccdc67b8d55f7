// SPDX-License-Identifier: LGPL-2.1-or-later
// Tests whether bytes can be ciphertext.
#pragma once

#include <cstddef>
#include <optional>

#include "base/bytes.h"

namespace latchkey {

// Returns the start of the first block of 512 bytes that no cipher wrote: a repeated byte, text, a table or a program.
// Data that is compressed, or encrypted by something else, looks like ciphertext and passes.
//
// Among truly random bytes, fewer than one block in 10^15 and fewer than one keyslot in 10^12 is reported.  A partial
// block at the end is ignored.
[[nodiscard]] std::optional<std::size_t> first_block_not_random(ByteView bytes);

}  // namespace latchkey
