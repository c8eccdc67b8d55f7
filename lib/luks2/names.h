// SPDX-License-Identifier: LGPL-2.1-or-later
// Names of keyslots, which people give.  They live in one token that other programs ignore and keep:
//   {"type":"latchkey-names","keyslots":["0"],"names":{"0":"paper key in the safe"}}
// Its list of keyslots counts: a program that removes a keyslot takes it out of every token's list, so
// that a later keyslot of the same number does not inherit the name.
#pragma once

#include <string>
#include <string_view>

#include "latchkey/error.h"
#include "luks2/metadata.h"

namespace latchkey::luks2 {

// None of the types that the peer reserves ("luks2-...").
inline constexpr std::string_view kNamesTokenType = "latchkey-names";
inline constexpr std::size_t kMaxNameLength = 128;  // bytes

// UTF-8 of at most kMaxNameLength bytes, without control characters and without those that change the
// direction of text: a name must look on a terminal like what it is.
[[nodiscard]] Result<void> check_name(std::string_view name);

// "" = none.  Names in a header that check_name() refuses count as none.
[[nodiscard]] std::string keyslot_name(const Metadata& metadata, int keyslot);

// The next state in which keyslot `keyslot` has the name, which was checked; "" takes it away.  The token
// comes with the first name and goes with the last.  NoSpace if all token numbers are taken.
[[nodiscard]] Result<Metadata> with_name(const Metadata& metadata, int keyslot,
                                         std::string_view name);

}  // namespace latchkey::luks2
