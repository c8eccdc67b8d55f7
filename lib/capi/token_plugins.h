// SPDX-License-Identifier: LGPL-2.1-or-later
// Who handles tokens of other types than ours: handlers that the program registered, and plug-ins.  Both are the
// process's, as the interface has it.
#pragma once

#include <optional>
#include <string_view>

#include "capi/device.h"
#include "capi/keyslot_context.h"
#include "latchkey/token_unlock.h"
#include "tokens/plugin.h"

namespace latchkey::capi {

// The calls for a type; a plug-in is loaded when it is first asked for.  Nothing if nobody handles it.
[[nodiscard]] std::optional<tokens::Calls> token_calls(const crypt_device& cd,
                                                       std::string_view type);
// -EINVAL if that handler refuses the token's JSON; 0 where nobody looks.
[[nodiscard]] int check_token_json(crypt_device& cd, std::string_view type, const char* json);

// Opens tokens with those calls.
class HandlerOpener final : public TokenOpener {
  public:
    HandlerOpener(crypt_device& cd, void* user) : cd_(cd), user_(user) {}
    [[nodiscard]] bool opens(std::string_view type) override;
    [[nodiscard]] Result<Passphrase> open(const TokenInfo& token, const Passphrase* pin) override;
    [[nodiscard]] std::string dump(const TokenInfo& token) override;
    // The negative errno of the handler's last failure.
    [[nodiscard]] int last_status() const { return last_status_; }

  private:
    crypt_device& cd_;
    void* user_;
    int last_status_ = 0;
};

// By the tokens that `kc` names, as the peer tries them; the error of `kc` is set, which may be a handler's own errno.
[[nodiscard]] Result<UnlockedVolume> open_by_token(crypt_device& cd, crypt_keyslot_context& kc,
                                                   const UnlockOptions& options);

}  // namespace latchkey::capi
