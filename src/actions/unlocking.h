// SPDX-License-Identifier: GPL-2.0-or-later
// All that may open a volume, in the order in which it is tried: a volume key, a key of the keyring, tokens, a
// passphrase.
#pragma once

#include <memory>
#include <string>

#include "actions/common.h"
#include "latchkey/token_unlock.h"

namespace latchkey::cli {

enum class Attempts : bool { Once, AsTriesSays };

// `prompt` is asked where neither key nor token opened.  Volumes without tokens pass over them in silence.
[[nodiscard]] Result<UnlockedVolume> unlock_any(Ui& ui, const Arguments& args, const Volume& volume,
                                                std::string prompt, const UnlockOptions& options,
                                                Attempts attempts = Attempts::AsTriesSays);

// Token plug-ins of other programs; nullptr with --disable-external-tokens and for volumes without tokens.
[[nodiscard]] std::unique_ptr<TokenOpener> plugins(Ui& ui, const Arguments& args,
                                                   const Volume& volume);
// True if --token-id, --token-type or --token-only asks for tokens.
[[nodiscard]] bool wants_token(const Arguments& args);
// By the tokens that these options ask for, or by all.  A PIN is asked for only where one of them is given.
[[nodiscard]] Result<UnlockedVolume> unlock_by_token(Ui& ui, const Arguments& args,
                                                     const Volume& volume,
                                                     const UnlockOptions& options);

}  // namespace latchkey::cli
