// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <string>

#include "latchkey/params.h"
#include "ui/ui.h"

namespace latchkey::cli {

// Repeats the writes that a crash of a reencryption interrupted, if any.  Opens `device` again, for writing and
// exclusively. Returns true if this changed the header.
[[nodiscard]] Result<bool> recover_reencryption(Ui& ui, const Arguments& args,
                                                const std::string& device, const Volume& volume,
                                                const UnlockedVolume& opened,
                                                LostData lost = LostData::Refused);

// Refuses to change the parameters of a reencryption in progress.
[[nodiscard]] Result<void> check_resumed(const Arguments& args, const Volume& volume);

}  // namespace latchkey::cli
