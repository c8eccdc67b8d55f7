// SPDX-License-Identifier: LGPL-2.1-or-later
// Keyslots that open without a person: by a token, or by a key in the kernel's keyring.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "latchkey/context.h"
#include "latchkey/error.h"
#include "latchkey/report.h"
#include "latchkey/secret.h"
#include "latchkey/volume.h"

namespace latchkey {

namespace io {
class Keyring;
}

// Opens tokens of types that the library does not know: by plug-ins of other programs, or by handlers of this one.
class LATCHKEY_API TokenOpener {
  public:
    virtual ~TokenOpener() = default;
    // Whether there is anybody for tokens of this type.
    [[nodiscard]] virtual bool opens(std::string_view type) = 0;
    // The passphrase of the token's keyslots.  TokenNeedsPin, NoDevice (its hardware is missing at the moment) and
    // NoUsableToken let the next token try; every other error stops.
    [[nodiscard]] virtual Result<Passphrase> open(const TokenInfo& token, const Passphrase* pin) = 0;
    // What it has to say of a token in a dump, lines with their newlines; "" = nothing.
    [[nodiscard]] virtual std::string dump(const TokenInfo& token) = 0;
};

// Plug-ins, libcryptsetup-token-<type>.so in `directory` ("" = the installation's), with the interface of
// libcryptsetup.so.12, which is loaded for them when there is one to be asked.  `header` is the path of the header's
// device.  Each log line of theirs is one of `context`, which must live as long.
[[nodiscard]] LATCHKEY_API std::unique_ptr<TokenOpener> external_token_opener(
    Context& context, std::string header, std::string directory = {});

// Puts what they have to say of each token behind the line of its type, in what Volume::describe() told; text only.
LATCHKEY_API void add_token_dumps(Fact& description, const std::vector<TokenInfo>& tokens,
                                  TokenOpener& opener);

struct TokenUnlockOptions {
    std::optional<int> token = {};    // only this one; then also at keyslots whose priority is "ignore"
    std::string type = {};            // only tokens of this type; "" = all
    std::optional<int> keyslot = {};  // only this keyslot
    bool any_segment = true;          // as in UnlockOptions
    const Passphrase* pin = nullptr;  // for tokens that want one; then only those that take one are tried
    TokenOpener* opener = nullptr;    // nullptr: only the types that the library knows ("luks2-keyring")
};

// Tries the tokens that give a passphrase: those with preferred keyslots first, then by number, each at the keyslots
// that it lists.  When none opens, what a person can mend is the error: TokenNeedsPin before NoDevice (hardware to be
// plugged in) before WrongPassphrase (it opened no keyslot) before NoUsableToken (there was none to be tried); the
// message says of each token why.  Any other error stops.  `keyring` stands in for the kernel's.
[[nodiscard]] LATCHKEY_API Result<UnlockedVolume> unlock_with_token(
    Context& context, const Volume& volume, const TokenUnlockOptions& options = {},
    io::Keyring* keyring = nullptr);

// What a token gives, for a keyslot that it shall open.  NoUsableToken; NotFound: no such key in the keyring.
[[nodiscard]] LATCHKEY_API Result<Passphrase> token_passphrase(const Volume& volume, int token,
                                                               io::Keyring* keyring = nullptr);

// The payload of the key of type "user" and that description.  NotFound, AccessDenied.
[[nodiscard]] LATCHKEY_API Result<Passphrase> keyring_passphrase(std::string_view description,
                                                                 io::Keyring* keyring = nullptr);

// The volume key in a keyring: "user:<description>" or "%user:<description>", as --volume-key-keyring has it.
// Types that nobody may read ("logon", "trusted", "encrypted") are NotSupported.
[[nodiscard]] LATCHKEY_API Result<CandidateKey> keyring_volume_key(std::string_view key,
                                                                   io::Keyring* keyring = nullptr);

}  // namespace latchkey
