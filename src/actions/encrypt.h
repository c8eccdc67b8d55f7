// SPDX-License-Identifier: GPL-2.0-or-later
// reencrypt --encrypt: from data in clear to a volume whose encryption has begun.
#pragma once

#include <optional>

#include "latchkey/params.h"
#include "ui/ui.h"

namespace latchkey::cli {

// Begins the encryption of `data`.  Nothing if it has begun already, so that it can be continued.  `how` has the
// resilience.
[[nodiscard]] Result<std::optional<Volume::Formatted>> begin_encryption(Ui& ui,
                                                                        const Arguments& args,
                                                                        const Device& data,
                                                                        const ReencryptParams& how);

}  // namespace latchkey::cli
