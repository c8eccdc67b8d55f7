// SPDX-License-Identifier: LGPL-2.1-or-later
// Handles tokens of types that the library does not know, by handlers that the program registered and by plug-ins.
// Both belong to the process, as the interface requires.
#pragma once

#include <optional>
#include <string_view>

#include "capi/device.h"
#include "capi/keyslot_context.h"
#include "latchkey/token_unlock.h"
#include "tokens/plugin.h"

namespace latchkey::capi {

// Returns the functions for a type; loads a plug-in at its first use.  Nothing if no handler or plug-in exists.
[[nodiscard]] std::optional<tokens::Calls> token_calls(const crypt_device& cd,
                                                       std::string_view type);
// Returns -EINVAL if the handler refuses the token's JSON; 0 if it does not check.
[[nodiscard]] int check_token_json(crypt_device& cd, std::string_view type, const char* json);

// Opens tokens with those functions.
class HandlerOpener final : public TokenOpener {
  public:
    HandlerOpener(crypt_device& cd, void* user) : cd_(cd), user_(user) {}
    [[nodiscard]] bool opens(std::string_view type) override;
    [[nodiscard]] Result<Passphrase> open(const TokenInfo& token, const Passphrase* pin) override;
    [[nodiscard]] std::string dump(const TokenInfo& token) override;
    // Returns the negative errno of the handler's last failure.
    [[nodiscard]] int last_status() const { return last_status_; }

  private:
    crypt_device& cd_;
    void* user_;
    int last_status_ = 0;
};

// Opens by the tokens that `kc` names, in the peer's order.  Sets the error of `kc`, which may be a handler's errno.
[[nodiscard]] Result<UnlockedVolume> open_by_token(crypt_device& cd, crypt_keyslot_context& kc,
                                                   const UnlockOptions& options);

}  // namespace latchkey::capi
