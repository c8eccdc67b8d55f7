// SPDX-License-Identifier: GPL-2.0-or-later
// Volume keys on their way out: to a file that nobody else reads, or to the screen.
#pragma once

#include <span>
#include <string_view>

#include "latchkey/error.h"
#include "latchkey/secret.h"

namespace latchkey::cli {

// A new file of mode 0400 with these bytes.  A file or link of that name is not touched.
[[nodiscard]] Result<void> write_key_file(std::string_view path, std::span<const std::byte> key);
// Whether that would fail because something is there; before anybody is asked for a passphrase.
[[nodiscard]] Result<void> check_key_file(std::string_view path);

// "6b 6b ... " in lines of 16 bytes; `label` begins the first, two tabs the others.
[[nodiscard]] SecretBuffer key_dump(std::string_view label, std::span<const std::byte> key);

}  // namespace latchkey::cli
