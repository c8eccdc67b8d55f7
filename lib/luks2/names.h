// SPDX-License-Identifier: LGPL-2.1-or-later
// Names that users give to keyslots.  They are stored in one token that other programs ignore and keep:
//   {"type":"latchkey-names","keyslots":["0"],"names":{"0":"paper key in the safe"}}
// Only the names of listed keyslots count.  A program that removes a keyslot removes it from every token's list, so
// that a later keyslot with the same number does not inherit the name.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "latchkey/error.h"
#include "luks2/metadata.h"

namespace latchkey::luks2 {

// A type that the peer does not reserve ("luks2-...").
inline constexpr std::string_view kNamesTokenType = "latchkey-names";
inline constexpr std::size_t kMaxNameLength = 128;  // bytes

// Checks for UTF-8 of at most kMaxNameLength bytes, without control characters and without those that change the
// direction of text: a name must look on a terminal like its bytes.
[[nodiscard]] Result<void> check_name(std::string_view name);

// Checks that `keyslot` may have the name: check_name(), not a number, and unique.  Exists names the keyslot that has it.
// Without `keyslot` it is a new one.
[[nodiscard]] Result<void> check_new_name(const Metadata& metadata, std::optional<int> keyslot,
                                          std::string_view name);

// Returns the name; "" = none.  Names in a header that check_name() refuses count as none.
[[nodiscard]] std::string keyslot_name(const Metadata& metadata, int keyslot);

// Returns the next state, in which keyslot `keyslot` has the checked name; "" removes it.  The token is added with
// the first name and removed with the last.  NoSpace if all token numbers are used.
[[nodiscard]] Result<Metadata> with_name(const Metadata& metadata, int keyslot,
                                         std::string_view name);

}  // namespace latchkey::luks2
