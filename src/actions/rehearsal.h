// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "latchkey/volume.h"
#include "ui/ui.h"

namespace latchkey::cli {

// Does `steps`, which take a Volume, in memory first and then for real: of several changes none is written if a later
// one is refused.
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
