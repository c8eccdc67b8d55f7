// SPDX-License-Identifier: GPL-2.0-or-later
// The description of an action.
//
// To add one: src/actions/<action>.cpp with `extern constexpr Action kName{...};`, its line in src/CMakeLists.txt and
// in src/cli/actions.cpp, man/actions/<action>.man, tests/cli/<action>.sh.
#pragma once

#include <algorithm>
#include <array>
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
    std::string_view type = {};           // overrides the program's --type
    const OptionSpec* implies = nullptr;  // a flag that the name implies
    bool swapped = false;                 // the first two operands are exchanged
    const char* operands = nullptr;       // marked N_; null = the action's own
};

// A command line for help and manual, without the program's name.
struct Example {
    const char* what;  // marked N_; a phrase
    std::string_view words;
};

struct Action {
    std::string_view name;
    const char* operands =
        "";  // marked N_; "<device> [<new key file>]": operands outside brackets are required
    const char* summary = "";  // marked N_
    std::span<const OptionSpec* const> options =
        {};  // the options that have an effect; Scope::Common need not be listed
    Result<void> (*run)(Ui& ui, const Arguments& args) = nullptr;
    std::span<const ActionAlias> aliases = {};
    bool some_operand =
        true;  // false: none is required, whatever `operands` says; the action checks
    bool any_number = false;  // any number of operands, or the action checks their number
    std::array<Example, 2> examples = {};

    // Returns the maximum number of operands: each "<...>" that is not the value of an option.
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
    // Returns the number of required operands: each "<...>" outside square brackets.
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

// The actions of a program, in the order of --help.
using ActionTable = std::span<const Action* const>;

// Finds an action by name or alias; sets `alias` if it was one.  Null if there is none.
const Action* find_action(ActionTable actions, std::string_view word,
                          const ActionAlias** alias = nullptr);

}  // namespace latchkey::cli
