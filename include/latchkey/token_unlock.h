// SPDX-License-Identifier: LGPL-2.1-or-later
// Keyslots that open without a person: by a token, or by a key in the kernel's keyring.
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

struct TokenUnlockOptions {
    std::optional<int> token =
        {};                 // only this one; then also at keyslots whose priority is "ignore"
    std::string type = {};  // only tokens of this type; "" = all
    std::optional<int> keyslot = {};  // only this keyslot
    bool any_segment = true;          // as in UnlockOptions
    const Passphrase* pin =
        nullptr;  // for tokens that want one; then only those that take one are tried
    TokenOpener* opener =
        nullptr;  // nullptr: only the types that the library knows ("luks2-keyring")
};

// Tries the tokens that give a passphrase: those with preferred keyslots first, then by number, each at the keyslots
// that it lists.  When none opens, what a person can mend is the error: TokenNeedsPin before NoDevice (hardware to be
// plugged in) before WrongPassphrase (it opened no keyslot) before NoUsableToken (there was none to be tried); the
// message says of each token why.  Any other error stops.
[[nodiscard]] LATCHKEY_API Result<UnlockedVolume> unlock_with_token(
    Context& context, const Volume& volume, const TokenUnlockOptions& options = {});

// What a token gives, for a keyslot that it shall open.  NoUsableToken; NotFound: no such key in the keyring.
[[nodiscard]] LATCHKEY_API Result<Passphrase> token_passphrase(const Volume& volume, int token);

// The payload of the key of type "user" and that description.  NotFound, AccessDenied.
[[nodiscard]] LATCHKEY_API Result<Passphrase> keyring_passphrase(std::string_view description);

// The volume key in a keyring: "user:<description>" or "%user:<description>", as --volume-key-keyring has it.
// Types that nobody may read ("logon", "trusted", "encrypted") are NotSupported.
[[nodiscard]] LATCHKEY_API Result<CandidateKey> keyring_volume_key(std::string_view key);

}  // namespace latchkey
