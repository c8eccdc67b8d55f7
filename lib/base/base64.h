// SPDX-License-Identifier: LGPL-2.1-or-later
// Base64 as RFC 4648 section 4 has it: padded, no line breaks.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/bytes.h"

namespace latchkey {

std::string to_base64(ByteView bytes);

// Returns nothing unless the text is what to_base64 would write: strict alphabet, padding and zero spare bits.
std::optional<Bytes> from_base64(std::string_view text);

}  // namespace latchkey
