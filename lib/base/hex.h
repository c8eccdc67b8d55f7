// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/bytes.h"

namespace latchkey {

// Writes two lower-case digits per byte, with `separator` between bytes.  Not for secrets.
std::string to_hex(ByteView bytes, std::string_view separator = "");

// Returns nothing if the text contains a character that is not a hexadecimal digit, or an odd number of digits.
std::optional<Bytes> from_hex(std::string_view text);

}  // namespace latchkey
