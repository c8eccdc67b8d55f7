// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "latchkey/volume.h"
#include "ui/ui.h"

namespace latchkey::cli {

// Runs `steps`, which take a Volume, first in memory and then on the device: if one of several changes is refused,
// none is written.
template <typename Steps>
[[nodiscard]] Result<void> all_or_nothing(Ui& ui, Volume& volume, Steps steps) {
    {
        LK_ASSIGN(Volume rehearsed, Volume::load(ui.context(), volume.device().shadow(),
                                                 {.type = volume.info().type}));
        LK_TRY(steps(rehearsed));
    }
    return steps(volume);
}

}  // namespace latchkey::cli
