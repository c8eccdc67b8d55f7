// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/option.h"

#include <algorithm>

namespace latchkey::cli {

const OptionSpec* find_option(OptionTable options, std::string_view name) {
    if (name.empty()) return nullptr;
    for (const OptionSpec* option : options)
        if (option->name == name ||
            std::ranges::find(option->aliases, name) != option->aliases.end())
            return option;
    return nullptr;
}

const OptionSpec* find_option(OptionTable options, char letter) {
    if (letter == '\0') return nullptr;
    for (const OptionSpec* option : options)
        if (option->letter == letter) return option;
    return nullptr;
}

}  // namespace latchkey::cli
