// SPDX-License-Identifier: LGPL-2.1-or-later
// The token that comes with a new keyslot, or takes it on.  Pure.
#pragma once

#include <optional>

#include "latchkey/params.h"
#include "luks2/metadata.h"

namespace latchkey::luks2 {

// Refuses what with_keyslot_token() would refuse, before time goes into a KDF: NotFound (a token that is not in use),
// Exists (a number that is taken), InvalidArgument (the object, or a number out of range), NoSpace.  Nothing to check
// without a token.
[[nodiscard]] Result<void> check_keyslot_token(const Metadata& metadata,
                                               const std::optional<KeyslotToken>& token);
// `metadata`, in which keyslot `keyslot` is there already, with the token listing it; as it is without a token.
[[nodiscard]] Result<Metadata> with_keyslot_token(const Metadata& metadata,
                                                  const std::optional<KeyslotToken>& token,
                                                  int keyslot);

// What importing one shares with that.
[[nodiscard]] Result<Json> parse_token(std::string_view text);
[[nodiscard]] Result<int> choose_token_number(const Metadata& metadata, std::optional<int> wanted,
                                              bool replace);
// Refuses a token that lists keyslots that are not active.
[[nodiscard]] Result<void> check_token_references(const Metadata& metadata, const Json& token);

}  // namespace latchkey::luks2
