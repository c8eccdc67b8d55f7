// SPDX-License-Identifier: GPL-2.0-or-later
// A token's JSON in files and on standard input.  Tokens may hold secrets, so what is read is kept as one.
#pragma once

#include <optional>
#include <string_view>

#include "latchkey/error.h"
#include "latchkey/secret.h"
#include "latchkey/volume.h"
#include "ui/ui.h"

namespace latchkey::cli {

// All of the file; nothing or "-" = standard input.
[[nodiscard]] Result<SecretBuffer> read_token(Ui& ui, std::optional<std::string_view> path);
// Into a new file of mode 0600, or over one that is empty or holds a token of such a volume.
[[nodiscard]] Result<void> write_token(const Volume& volume, std::string_view path,
                                       std::string_view json);

[[nodiscard]] std::string_view as_text(const SecretBuffer& bytes);

}  // namespace latchkey::cli
