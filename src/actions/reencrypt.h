// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <string>

#include "actions/common.h"
#include "latchkey/params.h"

namespace latchkey::cli {

// Writes again what a crash of a reencryption cut short, if anything was; `device` is opened anew, for writing and alone.
// True if the header is another one now.
[[nodiscard]] Result<bool> recover_reencryption(Ui& ui, const Arguments& args,
                                                const std::string& device, const Volume& volume,
                                                const UnlockedVolume& opened,
                                                LostData lost = LostData::Refused);

}  // namespace latchkey::cli
