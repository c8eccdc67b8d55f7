// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/action.h"

#include <algorithm>

namespace latchkey::cli {

const Action* find_action(ActionTable actions, std::string_view word, const ActionAlias** alias) {
    for (const Action* action : actions) {
        if (action->name == word) return action;
        const auto found = std::ranges::find(action->aliases, word, &ActionAlias::name);
        if (found == action->aliases.end()) continue;
        if (alias != nullptr) *alias = &*found;
        return action;
    }
    return nullptr;
}

}  // namespace latchkey::cli
