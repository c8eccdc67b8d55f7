// SPDX-License-Identifier: LGPL-2.1-or-later
// The calls of latchkey/token_unlock.h with any keyring, for tests.
#pragma once

#include <string_view>

#include "io/keyring.h"
#include "latchkey/token_unlock.h"

namespace latchkey::volume {

[[nodiscard]] Result<UnlockedVolume> unlock_with_token(Context& context, const Volume& volume,
                                                       const TokenUnlockOptions& options,
                                                       io::Keyring& keyring);
[[nodiscard]] Result<Passphrase> token_passphrase(const Volume& volume, int token,
                                                  io::Keyring& keyring);
[[nodiscard]] Result<CandidateKey> keyring_volume_key(std::string_view key, io::Keyring& keyring);

}  // namespace latchkey::volume
