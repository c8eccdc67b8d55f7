// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "ui/ui.h"

namespace latchkey::cli {

// Checks that the file of a secret can be read, before the user types another secret.
[[nodiscard]] Result<void> check_key_file(Ui& ui, const KeySource& secret);

// Warns on stderr that --key-file overrides the operand with that index.
void warn_if_key_file_wins(Ui& ui, const Arguments& args, std::size_t operand_index);

}  // namespace latchkey::cli
