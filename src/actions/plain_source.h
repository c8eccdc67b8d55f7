// SPDX-License-Identifier: GPL-2.0-or-later
// Reads the options for a volume without a header.
#pragma once

#include <string>

#include "latchkey/loopaes.h"
#include "latchkey/plain.h"
#include "ui/ui.h"

namespace latchkey::cli {

// What the command line does not say is as in the release that we speak as.
[[nodiscard]] plain::Params plain_params(Ui& ui, const Arguments& args);
// Warns of what the command line does not say: defaults changed in 1.1.0 and in 2.7.0, and the wrong ones show noise and
// write noise.
void warn_of_plain_defaults(Ui& ui, const Arguments& args, const plain::Params& params);
// Does the same for a key from another source, which is hashed or not.
void warn_of_plain_defaults(Ui& ui, const Arguments& args, const plain::Params& params,
                            bool is_hashed);
[[nodiscard]] loopaes::Params loopaes_params(const Arguments& args);

// Reads the key by the rules of plain mode: the bytes of a key file are used unchanged; typed or piped text is
// hashed.
[[nodiscard]] Result<VolumeKey> read_plain_key(Ui& ui, const Arguments& args,
                                               const plain::Params& params,
                                               const std::string& device);
// Does the same for another source, for example the other end of "copy".
[[nodiscard]] Result<VolumeKey> read_plain_key(Ui& ui, const plain::Params& params,
                                               KeySource source);
// Refuses a command line without the --key-file that loop-AES needs.
[[nodiscard]] Result<void> check_loopaes_key_file(const Arguments& args);
// Reads the --key-file of loop-AES, which may be standard input.
[[nodiscard]] Result<loopaes::Keys> read_loopaes_keys(Ui& ui, const Arguments& args,
                                                      const loopaes::Params& params);
// Returns whether the bytes of a key file are the key; "-" is a stream of passphrases.
[[nodiscard]] bool has_plain_key_file(const Arguments& args);

}  // namespace latchkey::cli
