// SPDX-License-Identifier: GPL-2.0-or-later
// Accesses the plaintext of a volume without mapping it, for the actions that stream.
#pragma once

#include <string>

#include "actions/option_groups.h"
#include "latchkey/device.h"
#include "latchkey/stream.h"
#include "ui/ui.h"

namespace latchkey::cli {

// The options of "open" that describe the volume and unlock it.
inline constexpr OptionGroup<7> kVolumeKeyOptions = {
    &opt::key_slot,   &opt::volume_key_file, &opt::volume_key_keyring, &opt::key_description,
    &opt::token_only, &opt::token_id,        &opt::token_type,
};
inline constexpr OptionGroup<8> kHeaderlessOptions = {
    &opt::cipher, &opt::hash, &opt::key_size,    &opt::offset,
    &opt::skip,   &opt::size, &opt::sector_size, &opt::iv_large_sectors,
};

struct Plaintext {
    Device device;                   // over the ciphertext
    std::string type;                // "LUKS2", "PLAIN", ...
    std::string uuid;                // "" = none
    std::uint64_t offset_bytes = 0;  // where the plaintext begins on the ciphertext's device
    StorageRange storage = {};       // of the ciphertext's device
};

// Returns InvalidArgument if the source and the target overlap.
[[nodiscard]] Result<void> check_apart(const StorageRange& from, const StorageRange& to,
                                       const std::string& from_path, const std::string& to_path);

// Opens the volume on `device` with --type, and unlocks it as "open" would.  `access` applies to the ciphertext.
[[nodiscard]] Result<Plaintext> open_plaintext(Ui& ui, const Arguments& args,
                                               const std::string& device, Access access);

// Returns true for types of volumes whose --offset is their start on the device.
[[nodiscard]] bool is_headerless(const Arguments& args);

// Returns the range of the plaintext in --offset and --length of "read" and "write".
[[nodiscard]] stream::Range wanted_range(const Arguments& args);
// Returns the result of "read" or "write".
[[nodiscard]] Fact streamed_fact(const std::string& device, const Plaintext& plaintext,
                                 std::uint64_t bytes);

// For --dry-run: prints which bytes of the device would be written, and which content of the plaintext would be lost.
// Without `length` the length is unknown: at most to the end.  Returns an Object with the same facts.
[[nodiscard]] Result<Fact> rehearse_writing(Ui& ui, const std::string& device,
                                            const Plaintext& plaintext, const stream::Range& range);

// If standard input is data, secrets come from the terminal.  Returns the descriptor of the data; the terminal
// becomes standard input.  InvalidArgument if neither options nor a terminal can give a secret.
[[nodiscard]] Result<int> keep_stdin_for_data(const Arguments& args);

}  // namespace latchkey::cli
