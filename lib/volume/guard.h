// SPDX-License-Identifier: LGPL-2.1-or-later
// Nobody locks himself out by a slip: which keyslots count, and what may not go.
#pragma once

#include <optional>
#include <vector>

#include "latchkey/context.h"
#include "latchkey/error.h"
#include "latchkey/keyslot_info.h"

namespace latchkey::volume {

// Keyslots that open the data with something a person can have: usable, bound to the data, not held by
// a machine's token.  Which of them are lost only their areas tell (lost_keyslots.h).  Priority does not matter: an ignored keyslot still opens when it is named.
[[nodiscard]] int human_keyslots(const std::vector<KeyslotInfo>& keyslots,
                                 std::optional<int> without = {});

// KeyslotInactive if there is no such keyslot.
[[nodiscard]] Result<KeyslotInfo> find_keyslot(const std::vector<KeyslotInfo>& keyslots,
                                               int number);

// Whether keyslot `number` may be removed.  LastKeyslot, unless policy.guard_last_keyslot is false, if it is the
// last one for people, or the last of any kind that opens the data.
[[nodiscard]] Result<void> check_removal(const Policy& policy,
                                         const std::vector<KeyslotInfo>& keyslots, int number);

}  // namespace latchkey::volume
