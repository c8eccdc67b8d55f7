// SPDX-License-Identifier: GPL-2.0-or-later
// What the command line says of a volume without a header.
#pragma once

#include <string>

#include "actions/common.h"
#include "latchkey/loopaes.h"
#include "latchkey/plain.h"

namespace latchkey::cli {

// --compat=0.1: what the first tool did where nothing was said.
[[nodiscard]] bool is_of_2004(const Arguments& args);
[[nodiscard]] plain::Params plain_params(const Arguments& args);
[[nodiscard]] loopaes::Params loopaes_params(const Arguments& args);

// The key by the rules of plain mode: a key file's bytes as they are, whatever is typed or piped hashed.
[[nodiscard]] Result<VolumeKey> read_plain_key(Ui& ui, const Arguments& args,
                                               const plain::Params& params,
                                               const std::string& device);
// The same of another source: the other end of "copy", say.
[[nodiscard]] Result<VolumeKey> read_plain_key(Ui& ui, const plain::Params& params,
                                               KeySource source);
// --key-file of loop-AES, which may be standard input.
[[nodiscard]] Result<loopaes::Keys> read_loopaes_keys(Ui& ui, const Arguments& args,
                                                      const loopaes::Params& params);
// A key file's bytes are the key; "-" is a stream of passphrases.
[[nodiscard]] bool has_plain_key_file(const Arguments& args);

}  // namespace latchkey::cli
