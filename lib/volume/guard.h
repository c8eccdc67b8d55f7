// SPDX-License-Identifier: LGPL-2.1-or-later
// Protects users from locking themselves out: decides which keyslots count and which may not be removed.
#pragma once

#include <optional>
#include <vector>

#include "latchkey/context.h"
#include "latchkey/error.h"
#include "latchkey/keyslot_info.h"

namespace latchkey::volume {

// Counts the keyslots that open the data and that a user can use: usable, bound to the data, not held by a machine's
// token.  Only their areas show which of them are lost (lost_keyslots.h).  Priority does not matter: an ignored keyslot
// still opens when it is named.
[[nodiscard]] int human_keyslots(const std::vector<KeyslotInfo>& keyslots,
                                 std::optional<int> without = {});

// Returns KeyslotInactive if there is no such keyslot.
[[nodiscard]] Result<KeyslotInfo> find_keyslot(const std::vector<KeyslotInfo>& keyslots,
                                               int number);

// Checks whether keyslot `number` may be removed.  LastKeyslot if it is the last one for users, or the last of any kind
// that opens the data, unless policy.guard_last_keyslot is false.
[[nodiscard]] Result<void> check_removal(const Policy& policy,
                                         const std::vector<KeyslotInfo>& keyslots, int number);

}  // namespace latchkey::volume
