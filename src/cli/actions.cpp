// SPDX-License-Identifier: GPL-2.0-or-later
// The one list of actions, in the order of --help.
#include <algorithm>

#include "cli/action.h"

namespace latchkey::cli {

extern const Action kIsLuks;
extern const Action kLuksUuid;

namespace {

constexpr const Action* kActions[] = {
    &kLuksUuid,
    &kIsLuks,
};

}  // namespace

std::span<const Action* const> all_actions() { return kActions; }

const Action* find_action(std::string_view word, const ActionAlias** alias) {
    for (const Action* action : kActions) {
        if (action->name == word) return action;
        const auto found = std::ranges::find(action->aliases, word, &ActionAlias::name);
        if (found == action->aliases.end()) continue;
        if (alias != nullptr) *alias = &*found;
        return action;
    }
    return nullptr;
}

}  // namespace latchkey::cli
