// SPDX-License-Identifier: LGPL-2.1-or-later
// The calls of latchkey/token_unlock.h with any keyring, for tests.
#pragma once

#include "io/keyring.h"
#include "latchkey/token_unlock.h"

namespace latchkey::keys {

[[nodiscard]] Result<UnlockedVolume> unlock_with_token(Context& context, const Volume& volume,
                                                       const Token& tokens,
                                                       const UnlockOptions& options,
                                                       io::Keyring& keyring);
[[nodiscard]] Result<Passphrase> token_passphrase(const Volume& volume, int token,
                                                  io::Keyring& keyring);

}  // namespace latchkey::keys
