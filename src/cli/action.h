// SPDX-License-Identifier: GPL-2.0-or-later
// What an action is, and the list of them.
//
// To add one: src/actions/<action>.cpp with `extern constexpr Action kName{...};`, its line in
// src/CMakeLists.txt and in src/cli/actions.cpp, man/latchkey-<action>.8.in, tests/cli/<action>.sh.
#pragma once

#include <algorithm>
#include <cstddef>
#include <span>
#include <string_view>

#include "cli/option.h"
#include "latchkey/error.h"

namespace latchkey::cli {

class Arguments;
class Ui;

// An old name of an action.
struct ActionAlias {
    std::string_view name;
    std::string_view type = {};           // overrides --type
    const OptionSpec* implies = nullptr;  // a flag that this name stands for
    bool swapped = false;                 // takes its first two operands the other way round
    const char* operands = nullptr;       // marked N_; null = as the action's
};

struct Action {
    std::string_view name;
    const char* operands =
        "";  // marked N_; "<device> [<new key file>]": what is outside brackets is required
    const char* summary = "";  // marked N_
    std::span<const OptionSpec* const> options =
        {};  // those it heeds; Scope::Common need not be listed
    Result<void> (*run)(Ui& ui, const Arguments& args) = nullptr;
    std::span<const ActionAlias> aliases = {};
    bool some_operand =
        true;  // false: none is required whatever `operands` says; the action asks by itself
    bool any_number = false;  // as many operands as one likes, or the action counts by itself

    // The most operands that there may be: each "<...>" that is no option's value.
    [[nodiscard]] constexpr std::size_t most() const {
        std::size_t count = 0;
        std::string_view rest = operands;
        bool is_value = false;
        while (!rest.empty()) {
            const std::size_t end = std::min(rest.find(' '), rest.size());
            const std::string_view word = rest.substr(0, end);
            rest.remove_prefix(std::min(end + 1, rest.size()));
            if (!is_value && (word.starts_with('<') || word.starts_with("[<"))) ++count;
            is_value = word.starts_with("--") || word.starts_with("[--");
        }
        return count;
    }
    // The number of operands that must be there: each "<...>" outside square brackets.
    [[nodiscard]] constexpr std::size_t required() const {
        std::size_t count = 0;
        int depth = 0;
        for (const char* at = operands; some_operand && *at != '\0'; ++at) {
            if (*at == '[') ++depth;
            if (*at == ']') --depth;
            if (*at == '<' && depth == 0) ++count;
        }
        return count;
    }
    [[nodiscard]] constexpr bool heeds(const OptionSpec& option) const {
        if (option.scope == Scope::Common) return true;
        for (const OptionSpec* listed : options)
            if (listed == &option) return true;
        return false;
    }
    [[nodiscard]] constexpr bool accepts(const OptionSpec& option) const {
        return option.scope != Scope::Listed || heeds(option);
    }
};

// In the order of --help.
std::span<const Action* const> all_actions();

// By name or alias; `alias` is set if it was one.  Null if there is none.
const Action* find_action(std::string_view word, const ActionAlias** alias = nullptr);

}  // namespace latchkey::cli
