// SPDX-License-Identifier: LGPL-2.1-or-later
// UUIDs as text of 36 lower-case characters, as LUKS headers store them.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "latchkey/error.h"

namespace latchkey {

// Makes a random (version 4) UUID from 16 random bytes.
std::string make_uuid(std::array<std::byte, 16> random);

// Returns the UUID in lower case, or nothing if the text is not 8-4-4-4-12 hexadecimal digits.
std::optional<std::string> parse_uuid(std::string_view text);
// Returns the UUID in lower case: InvalidArgument with Condition::BadUuid.
[[nodiscard]] Result<std::string> checked_uuid(std::string_view text);

}  // namespace latchkey
