// SPDX-License-Identifier: LGPL-2.1-or-later
#include "volume/guard.h"

#include <algorithm>

#include "formats/keyslot_refusal.h"

namespace latchkey::volume {
namespace {

bool opens_data(const KeyslotInfo& slot) {
    return slot.usable && !slot.unbound;
}
bool is_human(const KeyslotInfo& slot) {
    return opens_data(slot) && !slot.held_by_token;
}

}  // namespace

int human_keyslots(const std::vector<KeyslotInfo>& keyslots, std::optional<int> without) {
    return static_cast<int>(std::ranges::count_if(keyslots, [&](const KeyslotInfo& slot) {
        return is_human(slot) && slot.number != without;
    }));
}

Result<KeyslotInfo> find_keyslot(const std::vector<KeyslotInfo>& keyslots, int number) {
    const auto found = std::ranges::find(keyslots, number, &KeyslotInfo::number);
    if (found == keyslots.end()) return formats::keyslot_empty(number);
    return *found;
}

Result<void> check_removal(const Policy& policy, const std::vector<KeyslotInfo>& keyslots,
                           int number) {
    if (!policy.guard_last_keyslot) return {};
    LK_ASSIGN(const KeyslotInfo slot, find_keyslot(keyslots, number));
    if (is_human(slot) && human_keyslots(keyslots, number) == 0)
        return fail(Errc::LastKeyslot, "keyslot %d is the last one that a person can use", number);
    if (opens_data(slot) && std::ranges::count_if(keyslots, opens_data) == 1)
        return fail(Errc::LastKeyslot, "keyslot %d is the last one that opens the volume", number);
    return {};
}

}  // namespace latchkey::volume
