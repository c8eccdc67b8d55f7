// SPDX-License-Identifier: GPL-2.0-or-later
// All that may open a volume, as steps of a chain, and running it in the peer's words.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "actions/common.h"
#include "latchkey/key_source.h"

namespace latchkey::cli {

enum class Attempts : bool { Once, AsTriesSays };

// --volume-key-file: all of the key, and nothing else of it.
[[nodiscard]] KeySource volume_key_file(std::string path, std::uint32_t key_bytes);
[[nodiscard]] Result<SecretBuffer> read_volume_key(Ui& ui, std::string path,
                                                   std::uint32_t key_bytes);

// --volume-key-file; its length is the volume's, or --key-size where the header does not tell.
[[nodiscard]] Result<KeyStep> volume_key_step(const Arguments& args, const Volume& volume);
// The tokens of --token-id and --token-type, or all.
[[nodiscard]] KeyStep token_step(const Arguments& args, Then when_wrong);
// The peer asks a person again only in its "open".
[[nodiscard]] KeyStep passphrase_step(KeySource source, Attempts attempts = Attempts::AsTriesSays);

// Runs them, and says with -v which keyslot opened.  A PIN is asked for only where --token-id, --token-type or
// --token-only asks for tokens.
[[nodiscard]] Result<UnlockedVolume> unlock_by(Ui& ui, const Arguments& args, const Volume& volume,
                                               std::vector<KeyStep> steps,
                                               const UnlockOptions& options = {});
// By one source, once.
[[nodiscard]] Result<UnlockedVolume> unlock_once(Ui& ui, const Arguments& args,
                                                 const Volume& volume, KeySource source,
                                                 const UnlockOptions& options = {});
// A volume, opened, and the passphrase that opened it.
struct OpenedBy {
    UnlockedVolume opened;
    Passphrase passphrase;
};
// Asks again after a wrong passphrase, as often as --tries says.
[[nodiscard]] Result<OpenedBy> unlock_with_passphrase(Ui& ui, const Volume& volume,
                                                      KeySource source,
                                                      const UnlockOptions& options = {});
// By what the options say: a volume key, a key of the keyring, tokens, a passphrase.  `prompt` is asked where no token
// opened.
[[nodiscard]] Result<UnlockedVolume> unlock_any(Ui& ui, const Arguments& args, const Volume& volume,
                                                std::string prompt, const UnlockOptions& options,
                                                Attempts attempts = Attempts::AsTriesSays);

// Token plug-ins of other programs; nullptr with --disable-external-tokens and for volumes without tokens.
[[nodiscard]] std::unique_ptr<TokenOpener> plugins(Ui& ui, const Arguments& args,
                                                   const Volume& volume);
// True if --token-id, --token-type or --token-only asks for tokens.
[[nodiscard]] bool wants_token(const Arguments& args);

}  // namespace latchkey::cli
