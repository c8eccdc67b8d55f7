// SPDX-License-Identifier: GPL-2.0-or-later
// A token's JSON in files and on standard input.  Tokens may contain secrets, so the text is kept in a secret type.
#pragma once

#include <optional>
#include <string_view>

#include "latchkey/error.h"
#include "latchkey/secret.h"
#include "latchkey/volume.h"
#include "ui/ui.h"

namespace latchkey::cli {

// Reads the whole file; nothing or "-" = standard input.
[[nodiscard]] Result<SecretBuffer> read_token(Ui& ui, std::optional<std::string_view> path);
// Writes a new file with mode 0600, or overwrites a file that is empty or contains a token of such a volume.
[[nodiscard]] Result<void> write_token(const Volume& volume, std::string_view path,
                                       std::string_view json);

[[nodiscard]] std::string_view as_text(const SecretBuffer& bytes);

}  // namespace latchkey::cli
