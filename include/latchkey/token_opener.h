// SPDX-License-Identifier: LGPL-2.1-or-later
// Who opens the tokens that the library itself does not know.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "latchkey/context.h"
#include "latchkey/error.h"
#include "latchkey/keyslot_info.h"
#include "latchkey/report.h"
#include "latchkey/secret.h"

namespace latchkey {

// Opens tokens of types that the library does not know: by plug-ins of other programs, or by handlers of this one.
class LATCHKEY_API TokenOpener {
  public:
    virtual ~TokenOpener() = default;
    // Whether there is anybody for tokens of this type.
    [[nodiscard]] virtual bool opens(std::string_view type) = 0;
    // The passphrase of the token's keyslots.  TokenNeedsPin, NoDevice (its hardware is missing at the moment) and
    // NoUsableToken let the next token try; every other error stops.
    [[nodiscard]] virtual Result<Passphrase> open(const TokenInfo& token,
                                                  const Passphrase* pin) = 0;
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

}  // namespace latchkey
