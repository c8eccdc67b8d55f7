// SPDX-License-Identifier: LGPL-2.1-or-later
// Parses and prints the JSON text of LUKS2.  No other code does.
#pragma once

#include <string>
#include <string_view>

#include "base/json_fwd.h"
#include "latchkey/error.h"

namespace latchkey::luks2 {

// Maximum nesting of a value, as in json-c, which the peer uses.
inline constexpr int kMaxJsonDepth = 31;
// Our own limit, because finding a member is a linear search.
inline constexpr std::size_t kMaxJsonMembers = 1024;

// Parses one JSON value, which only white space may follow.  Text as in RFC 8259, except that strings may contain
// bytes that are not UTF-8, as in json-c.  So never call Json::dump() on the result: it throws on those bytes.  If
// two members have the same name, the last one counts, in the place of the first, as in json-c.  CorruptHeader names
// the fault and the byte.
[[nodiscard]] Result<Json> parse_json(std::string_view text);

// Returns compact text in which '/' is not escaped: byte for byte what json-c writes with JSON_C_TO_STRING_PLAIN |
// _NOSLASHESCAPE, except for the digits of fractions ("1.50" is written as "1.5").
[[nodiscard]] std::string json_to_text(const Json& value);
// Returns text indented by two blanks, without a blank after ':', as JSON_C_TO_STRING_PRETTY | _NOSLASHESCAPE.
[[nodiscard]] std::string json_to_pretty_text(const Json& value);
// Returns the bytes of a string value.
[[nodiscard]] std::string json_string_bytes(const Json& string);

}  // namespace latchkey::luks2
