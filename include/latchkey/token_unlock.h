// SPDX-License-Identifier: LGPL-2.1-or-later
// Keyslots that open by a token, without a person or with a PIN.
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

// Tokens of a header, all of them or some.
struct Token {
    std::optional<int> number =
        {};                 // only this one; then also at keyslots whose priority is "ignore"
    std::string type = {};  // only tokens of this type; "" = all
    // For tokens that want one; then only those that take one are tried.
    std::optional<Passphrase> pin = {};
    // Who opens types that the library does not know; nullptr: only those that it knows ("luks2-keyring").
    TokenOpener* opener = nullptr;
};

}  // namespace keys

// Tries the tokens that give a passphrase: those with preferred keyslots first, then by number, each at the keyslots
// that it lists.  When none opens, what a person can mend is the error: TokenNeedsPin before NoDevice (hardware to be
// plugged in) before WrongPassphrase (it opened no keyslot) before NoUsableToken (there was none to be tried); the
// message says of each token why.  Any other error stops.
[[nodiscard]] LATCHKEY_API Result<UnlockedVolume> unlock_with_token(
    Context& context, const Volume& volume, const keys::Token& tokens = {},
    const UnlockOptions& options = {});

// The object of a new token, which lists no keyslots, for Volume::import_token() or NewKeyslot::token.  NotSupported: a
// type that is not made here.
[[nodiscard]] LATCHKEY_API Result<std::string> seal_token(std::string_view type,
                                                          const TokenSeal& with);

// What a token gives, for a keyslot that it shall open.  NoUsableToken; NotFound: no such key in the keyring.
[[nodiscard]] LATCHKEY_API Result<Passphrase> token_passphrase(const Volume& volume, int token);

}  // namespace latchkey
