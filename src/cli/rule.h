// SPDX-License-Identifier: GPL-2.0-or-later
// Rules about combinations of options.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "cli/arguments.h"
#include "cli/option.h"

namespace latchkey::cli {

struct OurProgram;

struct Rule {
    enum class Kind : std::uint8_t {
        Excludes,   // not with `other`; if there are `types`, only with one of them
        Needs,      // only with `other`
        OnlyTypes,  // only with one of `types`
        Once,       // at most once, except with one of `types`
        Twice,      // at most twice
        InPairs,    // if twice, then `other` twice, too
    };
    std::string_view action;  // "" = with every action
    const OptionSpec* option;
    Kind kind;
    const OptionSpec* other;
    std::string_view types;  // "|plain|loopaes|"
    const char* reason;
};

// Returns the reason of the program's first rule that the command line breaks, translated; nothing if it breaks none.
[[nodiscard]] std::optional<std::string> broken_rule(const OurProgram& program,
                                                     const Arguments& arguments);

}  // namespace latchkey::cli
