// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/bytes.h"

namespace latchkey {

// Lower case, two digits a byte, `separator` between bytes.  Not for secrets.
std::string to_hex(ByteView bytes, std::string_view separator = "");

// Nothing if the text has a digit that is none, or an odd number of them.
std::optional<Bytes> from_hex(std::string_view text);

}  // namespace latchkey
