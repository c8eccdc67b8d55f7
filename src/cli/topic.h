// SPDX-License-Identifier: GPL-2.0-or-later
// A subject of a program's help: its actions and options stand together there.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "cli/action.h"

namespace latchkey::cli {

struct OurProgram;

struct Topic {
    std::string_view word;  // "help keys"; options name it as OptionSpec::topic
    const char* title;      // marked N_
    std::span<const std::string_view> actions;
};

// One of the things that people do most, for those who do not know the program.
struct Task {
    const char* what;       // marked N_
    std::string_view line;  // the whole command line
};

// Finds a topic of the program that has an action or an option; null if there is none.
const Topic* find_topic(const OurProgram& program, std::string_view word);
// Return what the program has of a topic.
std::vector<const Action*> actions_of(const OurProgram& program, const Topic& topic);
std::vector<const OptionSpec*> options_of(const OurProgram& program, const Topic& topic);

}  // namespace latchkey::cli
