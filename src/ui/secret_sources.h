// SPDX-License-Identifier: GPL-2.0-or-later
// Where the command line takes secrets from.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "cli/arguments.h"
#include "latchkey/key_source.h"

namespace latchkey::cli {

// Returns whether standard input is a terminal, where the user can answer.
[[nodiscard]] bool person_is_there();
// Returns the source of a secret of the command line.  Precedence, newlines and limits are the peer's;
// docs/cli-abi.md has the table.  Without a file, and for "-", the user is asked if standard input is a terminal.
// Otherwise the secret is a line of standard input, or all of it for "-".  `prompt` is translated, with the trailing
// blank.
[[nodiscard]] KeySource secret_source(const Arguments& args, std::string prompt,
                                      std::optional<std::string_view> key_file,
                                      KeyfileOptions options);
// Uses --key-file, or else the operand with that index; --keyfile-offset, --keyfile-size.
[[nodiscard]] KeySource existing_secret(const Arguments& args, std::string prompt,
                                        std::optional<std::size_t> operand = {});
// Uses the operand with that index, or else --new-keyfile; --new-keyfile-offset, --new-keyfile-size.  Typed twice.
[[nodiscard]] KeySource new_secret(const Arguments& args, std::string prompt, std::size_t operand);
// Is for luksFormat: as existing_secret(), but typed twice.
[[nodiscard]] KeySource first_secret(const Arguments& args, std::string prompt,
                                     std::size_t operand);

}  // namespace latchkey::cli
