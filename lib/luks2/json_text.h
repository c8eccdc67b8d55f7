// SPDX-License-Identifier: LGPL-2.1-or-later
// LUKS2 JSON as text: the only place where JSON is parsed or printed.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>

#include "latchkey/error.h"

namespace latchkey::luks2 {

using Json = nlohmann::ordered_json;

// As json-c has it, which the reference uses: containers may nest so deep.
inline constexpr int kMaxJsonDepth = 32;
// Ours: looking up a member is a linear search.
inline constexpr int kMaxJsonMembers = 1024;

// One JSON value, and nothing behind it but white space.  Strict RFC 8259 text, but for bytes that are not
// UTF-8: those are kept (as code points U+10FF80..U+10FFFF of the value; json_to_text gives the bytes back).  Of
// two members of one name the last one counts, in the place of the first, as in json-c.
// CorruptHeader names what is wrong and the byte.
[[nodiscard]] Result<Json> parse_json(std::string_view text);

// Compact, '/' not escaped: byte for byte what json-c writes with JSON_C_TO_STRING_PLAIN | _NOSLASHESCAPE.
[[nodiscard]] std::string json_to_text(const Json& value);
// Indented by two blanks, no blank after ':': what json-c writes with JSON_C_TO_STRING_PRETTY | _NOSLASHESCAPE.
[[nodiscard]] std::string json_to_pretty_text(const Json& value);
// A string value as the bytes that stand in the header.
[[nodiscard]] std::string json_string_bytes(const Json& string);

}  // namespace latchkey::luks2
