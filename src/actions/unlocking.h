// SPDX-License-Identifier: GPL-2.0-or-later
// Builds the chain of everything that may open a volume, and runs it with the peer's messages.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "latchkey/key_source.h"
#include "ui/ui.h"

namespace latchkey::cli {

enum class Attempts : bool { Once, AsTriesSays };
// Says with -v which keyslot was opened, or not.
enum class Opened : bool { Untold, Told };

// Returns --volume-key-file as a source, which must have exactly the bytes of the key.
[[nodiscard]] KeySource volume_key_file(std::string path, std::uint32_t key_bytes);
[[nodiscard]] Result<SecretBuffer> read_volume_key(Ui& ui, std::string path,
                                                   std::uint32_t key_bytes);

// Returns --volume-key-file as a step.  Its length is the volume's, or --key-size if the header does not give it.
[[nodiscard]] Result<KeyStep> volume_key_step(const Arguments& args, const Volume& volume);
// Returns the tokens of --token-id and --token-type, or all tokens, as a step.
[[nodiscard]] KeyStep token_step(const Arguments& args, Then when_wrong);
// The peer repeats the question only in "open".
[[nodiscard]] KeyStep passphrase_step(KeySource source, Attempts attempts = Attempts::AsTriesSays);

// Returns the passphrase in the kernel's keyring that --key-description names; nothing without this option.
[[nodiscard]] std::optional<KeySource> described_secret(const Arguments& args);

// Runs the steps, and prints the opened keyslot with -v.  Asks for a PIN only with --token-id, --token-type or
// --token-only.
[[nodiscard]] Result<UnlockedVolume> unlock_by(Ui& ui, const Arguments& args, const Volume& volume,
                                               std::vector<KeyStep> steps,
                                               const UnlockOptions& options = {},
                                               Opened which = Opened::Told);
// Tries one source, once.
[[nodiscard]] Result<UnlockedVolume> unlock_once(Ui& ui, const Arguments& args,
                                                 const Volume& volume, KeySource source,
                                                 const UnlockOptions& options = {});
// An opened volume, and the passphrase that opened it.
struct OpenedBy {
    UnlockedVolume opened;
    Passphrase passphrase;
};
// Asks again after a wrong passphrase, up to --tries times.
[[nodiscard]] Result<OpenedBy> unlock_with_passphrase(Ui& ui, const Volume& volume,
                                                      KeySource source,
                                                      const UnlockOptions& options = {});
// Unlocks by the means that the options give: a volume key, a key of the keyring, tokens, a passphrase.  `prompt` is
// used if no token opened.
[[nodiscard]] Result<UnlockedVolume> unlock_any(Ui& ui, const Arguments& args, const Volume& volume,
                                                std::string prompt, const UnlockOptions& options,
                                                Attempts attempts = Attempts::AsTriesSays);

// Returns token plug-ins of other programs; nullptr with --disable-external-tokens and for volumes without tokens.
[[nodiscard]] std::unique_ptr<TokenOpener> plugins(Ui& ui, const Arguments& args,
                                                   const Volume& volume);
// Returns true if --token-id, --token-type or --token-only is given.
[[nodiscard]] bool wants_token(const Arguments& args);

// Prints "Key slot N unlocked." with its name, with -v.
void tell_keyslot(Ui& ui, const UnlockedVolume& opened);

}  // namespace latchkey::cli
