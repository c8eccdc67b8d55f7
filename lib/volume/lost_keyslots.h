// SPDX-License-Identifier: LGPL-2.1-or-later
// Finds keyslots that are listed but that no passphrase can open any more.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "io/block_device.h"
#include "latchkey/context.h"
#include "latchkey/keyslot_info.h"

namespace latchkey::volume {

// Reads the areas of the usable ones of `keyslots` and warns about each that cannot be read or cannot be ciphertext.
// Returns their numbers.  `whose` as for tell_area_damage() (formats/area_damage.h).
std::vector<int> lost_keyslots(Context& context, const io::BlockDevice& device,
                               const std::vector<KeyslotInfo>& keyslots,
                               const std::string& whose = {});

// Returns `keyslots` with the lost ones marked as not usable.  Does not check `except`, which is about to be removed.
[[nodiscard]] std::vector<KeyslotInfo> without_lost(Context& context, const io::BlockDevice& device,
                                                    std::vector<KeyslotInfo> keyslots,
                                                    std::optional<int> except,
                                                    const std::string& whose = {});

}  // namespace latchkey::volume
