// SPDX-License-Identifier: LGPL-2.1-or-later
// Keyslots that are listed, and that no passphrase opens any more.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "io/block_device.h"
#include "latchkey/context.h"
#include "latchkey/keyslot_info.h"

namespace latchkey::volume {

// Reads the areas of the usable ones of `keyslots`, and warns of each that cannot be read or cannot be ciphertext.
// Their numbers.  `whose` as for tell_area_damage() (formats/area_damage.h).
std::vector<int> lost_keyslots(Context& context, const io::BlockDevice& device,
                               const std::vector<KeyslotInfo>& keyslots,
                               const std::string& whose = {});

// `keyslots`, of which none that is lost is usable.  The one called `except` stays as it is: of a keyslot that goes
// nobody asks what it holds.
[[nodiscard]] std::vector<KeyslotInfo> without_lost(Context& context, const io::BlockDevice& device,
                                                    std::vector<KeyslotInfo> keyslots,
                                                    std::optional<int> except,
                                                    const std::string& whose = {});

}  // namespace latchkey::volume
