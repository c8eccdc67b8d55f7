// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "ui/ui.h"

namespace latchkey::cli {

// Whether the file that a secret will be read from can be read: to be asked before anybody types another one.
[[nodiscard]] Result<void> check_key_file(Ui& ui, const KeySource& secret);

}  // namespace latchkey::cli
