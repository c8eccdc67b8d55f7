// SPDX-License-Identifier: GPL-2.0-or-later
// Writes volume keys to a file that only its owner can read, or to the screen.
#pragma once

#include <span>
#include <string_view>

#include "latchkey/error.h"
#include "latchkey/secret.h"

namespace latchkey::cli {

// Writes a new file with mode 0400.  An existing file or link of that name is not changed.
[[nodiscard]] Result<void> write_key_file(std::string_view path, std::span<const std::byte> key);
// Checks, before a passphrase is asked for, that the name is free.
[[nodiscard]] Result<void> check_key_file(std::string_view path);

// Returns "6b 6b ... " in lines of 16 bytes; the first starts with `label`, the others with two tabs.
[[nodiscard]] SecretBuffer key_dump(std::string_view label, std::span<const std::byte> key);

}  // namespace latchkey::cli
