// SPDX-License-Identifier: LGPL-2.1-or-later
// The token of a new keyslot: a new token, or an existing one.  Pure.
#pragma once

#include <optional>

#include "latchkey/params.h"
#include "luks2/metadata.h"

namespace latchkey::luks2 {

// Makes the checks of with_keyslot_token() before time is spent on a KDF: NotFound (the token does not exist), Exists
// (the number is taken), InvalidArgument (the object, or a number out of range), NoSpace.  Succeeds without a token.
[[nodiscard]] Result<void> check_keyslot_token(const Metadata& metadata,
                                               const std::optional<KeyslotToken>& token);
// Returns `metadata`, which already has keyslot `keyslot`, with the token listing it; unchanged without a token.
[[nodiscard]] Result<Metadata> with_keyslot_token(const Metadata& metadata,
                                                  const std::optional<KeyslotToken>& token,
                                                  int keyslot);

// Parses a token; importing one uses this too.
[[nodiscard]] Result<Json> parse_token(std::string_view text);
[[nodiscard]] Result<int> choose_token_number(const Metadata& metadata, std::optional<int> wanted,
                                              bool replace);
// Refuses a token that lists inactive keyslots.
[[nodiscard]] Result<void> check_token_references(const Metadata& metadata, const Json& token);

}  // namespace latchkey::luks2
