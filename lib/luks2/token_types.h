// SPDX-License-Identifier: LGPL-2.1-or-later
// The known types of tokens, one row each.  All others need a plug-in.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "io/keyring.h"
#include "latchkey/params.h"
#include "latchkey/report.h"
#include "latchkey/secret.h"
#include "luks2/metadata.h"

namespace latchkey::luks2 {

// The functions of a type; a null pointer if the type has no such function, or needs a plug-in for it.
struct TokenType {
    std::string_view name;
    // True if no person knows the secret: random bytes that hardware or a server returns.
    bool of_machine = false;
    // Checks the members; InvalidArgument names one that does not fit the type.
    Result<void> (*check)(const Json& token) = nullptr;
    // Adds the lines of luksDump.
    void (*describe)(const Json& token, std::vector<Fact>& facts) = nullptr;
    // Returns the passphrase of its keyslots.  NoUsableToken, NotFound, AccessDenied.
    Result<Passphrase> (*unseal)(const Json& token, io::Keyring& keyring) = nullptr;
    // Returns a new token that lists no keyslots.
    Result<Json> (*seal)(const TokenSeal& with) = nullptr;
};

[[nodiscard]] std::span<const TokenType> token_types();
// Returns nullptr for a type without a row.
[[nodiscard]] const TokenType* find_token_type(std::string_view name);
// Returns whether the format reserves the name, so that no plug-in or program may use it.
[[nodiscard]] bool is_reserved_token_type(std::string_view name);

// Returns whether only a machine has the secret of keyslot `keyslot`: it is listed by a token whose type makes or
// unseals the passphrase.  Such a keyslot does not protect a person from being locked out.
[[nodiscard]] bool held_by_token(const Metadata& metadata, int keyslot);

// Checks that a token may be stored; InvalidArgument names the member.  Its keyslots are checked with the rest of the
// header.
[[nodiscard]] Result<void> check_token(const Json& token);

// Returns whether the text is one token as a header stores it; only white space may follow.
[[nodiscard]] bool is_token(std::string_view json);

}  // namespace latchkey::luks2
