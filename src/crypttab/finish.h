// SPDX-License-Identifier: GPL-2.0-or-later
// What a line wants done with its new mapping: a check, swap, a file system.
#pragma once

#include "latchkey/crypttab_order.h"
#include "latchkey/device.h"
#include "ui/ui.h"

namespace latchkey::cli {

// WrongPassphrase: the check does not like what the mapping shows.  Refused: swap or tmp= would overwrite something
// that the mapping shows or, where it shows nothing, that `data`, the device below it, shows.  The mapping is still
// there after an error.
[[nodiscard]] Result<void> finish_mapping(Ui& ui, const crypttab::Volume& line, const Device& data,
                                          const std::vector<std::string>& environment);

}  // namespace latchkey::cli
