// SPDX-License-Identifier: GPL-2.0-or-later
// How crypttab and mount ask a person for a passphrase.
#pragma once

#include "latchkey/key_source.h"
#include "ui/ui.h"

namespace latchkey::cli {

// Returns how keys are read: a person answers on the terminal, or with a line of standard input if that is not a terminal.
// WrongPassphrase if it was to be typed twice and the answers differ: that is a try, too.
[[nodiscard]] KeyReading reading_of(Ui& ui);

}  // namespace latchkey::cli
