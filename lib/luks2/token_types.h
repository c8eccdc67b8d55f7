// SPDX-License-Identifier: LGPL-2.1-or-later
// What we know of token types: who holds the secret, and what a token must contain.
#pragma once

#include <string_view>

#include "latchkey/error.h"
#include "luks2/metadata.h"

namespace latchkey::luks2 {

// Whether only a machine has the secret of keyslot `keyslot`: a token of a type that makes or unseals its
// passphrase lists it.  Such a keyslot does not keep a person from being locked out.
[[nodiscard]] bool held_by_token(const Metadata& metadata, int keyslot);

// Whether such a token may be stored; InvalidArgument names the member.  Its keyslots are checked with the
// rest of the header.
[[nodiscard]] Result<void> check_token(const Json& token);

// Whether the text is one token as a header stores them, and nothing behind it but white space.
[[nodiscard]] bool is_token(std::string_view json);

}  // namespace latchkey::luks2
