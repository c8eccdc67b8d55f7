// SPDX-License-Identifier: LGPL-2.1-or-later
// UUIDs as text of 36 characters, lower case, as they lie in LUKS headers.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>

#include "base/bytes.h"

namespace latchkey {

// A random (version 4) UUID out of 16 random bytes.
std::string make_uuid(std::array<std::byte, 16> random);

// The lower-case text, or nothing if it is not 8-4-4-4-12 hexadecimal digits.
std::optional<std::string> parse_uuid(std::string_view text);

}  // namespace latchkey
