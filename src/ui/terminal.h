// SPDX-License-Identifier: GPL-2.0-or-later
// Asking a person: a line without echo, a line with.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "latchkey/error.h"
#include "latchkey/secret.h"

namespace latchkey::cli {

// The longest passphrase that is typed, in bytes; the peer's limit, so that both open what the other made.
inline constexpr std::size_t kMostTyped = 512;

struct TypedLine {
    SecretBuffer bytes;
    bool too_long = false;  // the rest was thrown away
};

enum class Echo : bool { Off, On };

// Shows the prompt on /dev/tty (or stderr and stdin, where there is no controlling terminal) and reads a line, with
// echo off unless it is wanted.  Interrupted (a signal), InvalidArgument (end of input, timeout, no terminal); the terminal is as before
// in every case.  A timeout of 0 waits for ever.
[[nodiscard]] Result<TypedLine> ask_secret(std::string_view prompt, std::uint32_t timeout_seconds,
                                           Echo echo = Echo::Off);

// A line of standard input with its newline, which is missing where the input ended before; at most 256 bytes of it.
// InvalidArgument at end of input.
[[nodiscard]] Result<std::string> read_answer();

}  // namespace latchkey::cli
