// SPDX-License-Identifier: GPL-2.0-or-later
// The plaintext of a volume without mapping it: for the actions that stream.
#pragma once

#include <string>

#include "actions/common.h"
#include "actions/option_groups.h"
#include "latchkey/device.h"
#include "latchkey/stream.h"

namespace latchkey::cli {

// How the volume is found and opened: those of "open" that say what it is and what opens it.
inline constexpr OptionGroup<7> kVolumeKeyOptions = {
    &opt::key_slot,   &opt::volume_key_file, &opt::volume_key_keyring, &opt::key_description,
    &opt::token_only, &opt::token_id,        &opt::token_type,
};
inline constexpr OptionGroup<9> kHeaderlessOptions = {
    &opt::cipher, &opt::hash,        &opt::key_size,         &opt::offset, &opt::skip,
    &opt::size,   &opt::sector_size, &opt::iv_large_sectors, &opt::compat,
};

struct Plaintext {
    Device device;                   // over the ciphertext
    std::string type;                // "LUKS2", "PLAIN", ...
    std::string uuid;                // "" = none
    std::uint64_t offset_bytes = 0;  // where it begins on the ciphertext's device
    StorageRange storage = {};       // of the ciphertext's device
};

// InvalidArgument if what is read lies where it is written to.
[[nodiscard]] Result<void> check_apart(const StorageRange& from, const StorageRange& to,
                                       const std::string& from_path, const std::string& to_path);

// The volume on `device`, of --type; unlocked as "open" would.  `access` is that of the ciphertext.
[[nodiscard]] Result<Plaintext> open_plaintext(Ui& ui, const Arguments& args,
                                               const std::string& device, Access access);

// True for the types of volumes whose --offset says where they begin on the device.
[[nodiscard]] bool is_headerless(const Arguments& args);

// What --offset and --length of "read" and "write" say of the plaintext.
[[nodiscard]] stream::Range wanted_range(const Arguments& args);
// The result of either.
[[nodiscard]] Fact streamed_fact(const std::string& device, const Plaintext& plaintext,
                                 std::uint64_t bytes);

// For --dry-run: says which bytes of the device would be written, and what is seen in the plaintext that would be lost.
// `length` of nothing is for what is not known before: at most to the end.  The result is an Object of it.
[[nodiscard]] Result<Fact> rehearse_writing(Ui& ui, const std::string& device,
                                            const Plaintext& plaintext, const stream::Range& range);

// Where standard input is data, secrets come from the terminal.  Returns the descriptor of the data; standard input is
// the terminal then.  InvalidArgument if neither options nor a terminal can give a secret.
[[nodiscard]] Result<int> keep_stdin_for_data(const Arguments& args);

}  // namespace latchkey::cli
