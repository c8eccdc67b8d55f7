// SPDX-License-Identifier: LGPL-2.1-or-later
// Keyslots that a token opens, without the user or with a PIN.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "latchkey/context.h"
#include "latchkey/error.h"
#include "latchkey/secret.h"
#include "latchkey/token_opener.h"
#include "latchkey/volume.h"

namespace latchkey {

namespace keys {

// All tokens of a header, or some.
struct Token {
    std::optional<int> number =
        {};                 // only this token; it may also open keyslots whose priority is "ignore"
    std::string type = {};  // only tokens of this type; "" = all
    // For tokens that need a PIN; if set, only those are tried.
    std::optional<Passphrase> pin = {};
    // Opens types that the library does not know; nullptr: only known types ("luks2-keyring").
    TokenOpener* opener = nullptr;
};

}  // namespace keys

// Tries the tokens that give a passphrase: those with preferred keyslots first, then by number, each on the keyslots
// that it lists.  If none opens, the error is the one that the user can fix most easily: TokenNeedsPin before
// NoDevice (hardware not connected) before WrongPassphrase (no keyslot opened) before NoUsableToken (no token to
// try).  The message gives the reason for each token.  Any other error stops.
[[nodiscard]] LATCHKEY_API Result<UnlockedVolume> unlock_with_token(
    Context& context, const Volume& volume, const keys::Token& tokens = {},
    const UnlockOptions& options = {});

// Returns the object of a new token without keyslots, for Volume::import_token() or NewKeyslot::token.  NotSupported:
// a type that cannot be made here.
[[nodiscard]] LATCHKEY_API Result<std::string> seal_token(std::string_view type,
                                                          const TokenSeal& with);

// Returns the passphrase that a token gives, for a keyslot that the token should open.  NoUsableToken; NotFound: the
// keyring has no such key.
[[nodiscard]] LATCHKEY_API Result<Passphrase> token_passphrase(const Volume& volume, int token);

}  // namespace latchkey
