// SPDX-License-Identifier: LGPL-2.1-or-later
// Opens tokens of types that the library itself does not know.
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

// Opens tokens through plug-ins of other programs, or through handlers of this program.
class LATCHKEY_API TokenOpener {
  public:
    virtual ~TokenOpener() = default;
    // Returns whether a plug-in or handler exists for tokens of this type.
    [[nodiscard]] virtual bool opens(std::string_view type) = 0;
    // Returns the passphrase of the token's keyslots.  After TokenNeedsPin, NoDevice (the hardware is not connected)
    // and NoUsableToken the next token is tried; any other error stops.
    [[nodiscard]] virtual Result<Passphrase> open(const TokenInfo& token,
                                                  const Passphrase* pin) = 0;
    // Returns the lines that it adds to a dump, with their newlines; "" = nothing.
    [[nodiscard]] virtual std::string dump(const TokenInfo& token) = 0;
};

// Loads plug-ins, libcryptsetup-token-<type>.so, from `directory` ("" = the installation's).  They have the interface
// of libcryptsetup.so.12, which is loaded for them when the first one is needed.  `header` is the path of the
// header's device.  Log lines of a plug-in go to `context`, which must live as long as the plug-ins.
[[nodiscard]] LATCHKEY_API std::unique_ptr<TokenOpener> external_token_opener(
    Context& context, std::string header, std::string directory = {});

// Inserts the lines of each token after the line of its type in the output of Volume::describe(); text only.
LATCHKEY_API void add_token_dumps(Fact& description, const std::vector<TokenInfo>& tokens,
                                  TokenOpener& opener);

}  // namespace latchkey
