// SPDX-License-Identifier: LGPL-2.1-or-later
// LUKS2 JSON as text: the only place where JSON is parsed or printed.
#pragma once

#include <string>
#include <string_view>

#include "base/json_fwd.h"
#include "latchkey/error.h"

namespace latchkey::luks2 {

// A value may lie in so many containers, as in json-c, which the reference uses.
inline constexpr int kMaxJsonDepth = 31;
// Ours: looking up a member is a linear search.
inline constexpr std::size_t kMaxJsonMembers = 1024;

// One JSON value, and nothing behind it but white space.  Text as RFC 8259 has it, except that strings keep
// bytes that are not UTF-8, as json-c does.  So never call Json::dump() on the result: it throws on those.
// Of two members of one name the last one counts, in the place of the first, as in json-c.
// CorruptHeader names what is wrong and the byte.
[[nodiscard]] Result<Json> parse_json(std::string_view text);

// Compact, '/' not escaped: byte for byte what json-c writes with JSON_C_TO_STRING_PLAIN | _NOSLASHESCAPE
// (but for the digits of fractions: "1.50" is written as "1.5").
[[nodiscard]] std::string json_to_text(const Json& value);
// Indented by two blanks, no blank behind ':', as JSON_C_TO_STRING_PRETTY | _NOSLASHESCAPE.
[[nodiscard]] std::string json_to_pretty_text(const Json& value);
// The bytes of a string value.
[[nodiscard]] std::string json_string_bytes(const Json& string);

}  // namespace latchkey::luks2
