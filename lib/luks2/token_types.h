// SPDX-License-Identifier: LGPL-2.1-or-later
// The types of tokens that are known here, one row each.  All others are a plug-in's business, if there is one.
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

// What a type can do; a null pointer where it does nothing, or where that takes a plug-in.
struct TokenType {
    std::string_view name;
    // True where no person knows the secret: random bytes that hardware or a server gives back.
    bool of_machine = false;
    // InvalidArgument names a member that is not as the type has it.
    Result<void> (*check)(const Json& token) = nullptr;
    // Lines of luksDump.
    void (*describe)(const Json& token, std::vector<Fact>& facts) = nullptr;
    // The passphrase of its keyslots.  NoUsableToken, NotFound, AccessDenied.
    Result<Passphrase> (*unseal)(const Json& token, io::Keyring& keyring) = nullptr;
    // A new one that lists no keyslots.
    Result<Json> (*seal)(const TokenSeal& with) = nullptr;
};

[[nodiscard]] std::span<const TokenType> token_types();
// nullptr for a type without a row.
[[nodiscard]] const TokenType* find_token_type(std::string_view name);
// Whether the format keeps such names for itself: no plug-in or program may bring one.
[[nodiscard]] bool is_reserved_token_type(std::string_view name);

// Whether only a machine has the secret of keyslot `keyslot`: a token of a type that makes or unseals its
// passphrase lists it.  Such a keyslot does not keep a person from being locked out.
[[nodiscard]] bool held_by_token(const Metadata& metadata, int keyslot);

// Whether such a token may be stored; InvalidArgument names the member.  Its keyslots are checked with the
// rest of the header.
[[nodiscard]] Result<void> check_token(const Json& token);

// Whether the text is one token as a header stores them, and nothing behind it but white space.
[[nodiscard]] bool is_token(std::string_view json);

}  // namespace latchkey::luks2
