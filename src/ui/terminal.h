// SPDX-License-Identifier: GPL-2.0-or-later
// Asks the user for a line, with or without echo.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "latchkey/error.h"
#include "latchkey/secret.h"

namespace latchkey::cli {

// Maximum length of a typed passphrase in bytes.  It is the peer's limit, so that each program opens the other's
// volumes.
inline constexpr std::size_t kMostTyped = 512;

struct TypedLine {
    SecretBuffer bytes;
    bool too_long = false;  // the rest was discarded
};

enum class Echo : bool { Off, On };

// Prints the prompt on /dev/tty (or uses stderr and stdin if there is no controlling terminal) and reads a line,
// without echo unless it is wanted.  Interrupted (a signal); InvalidArgument (end of input, timeout, no terminal).
// Always restores the terminal.  A timeout of 0 waits for ever.
[[nodiscard]] Result<TypedLine> ask_secret(std::string_view prompt, std::uint32_t timeout_seconds,
                                           Echo echo = Echo::Off);

// Reads a line of standard input with its newline, which may be missing at the end of input; returns at most 256
// bytes. InvalidArgument at end of input.
[[nodiscard]] Result<std::string> read_answer();

}  // namespace latchkey::cli
