// SPDX-License-Identifier: GPL-2.0-or-later
// The order in which help shows actions and options: by subject.
#pragma once

#include <span>
#include <string_view>

#include "cli/program.h"

namespace latchkey::cli {

struct Topic {
    std::string_view word;  // "help keys"
    const char* title;      // marked N_
    std::span<const std::string_view> actions;
    std::span<const OptionSpec* const> options;
};

// Returns all topics.  Each action is in one, and each option that an action heeds.
std::span<const Topic> all_topics();
// Finds a topic of which the program has an action or an option; null if there is none.
const Topic* find_topic(const OurProgram& program, std::string_view word);
// Return what the program has of a topic.
std::vector<const Action*> actions_of(const OurProgram& program, const Topic& topic);
std::vector<const OptionSpec*> options_of(const OurProgram& program, const Topic& topic);

// What people do most, for those who do not know the program.
struct Task {
    const char* what;       // marked N_
    std::string_view line;  // the whole command line
};
std::span<const Task> daily_tasks();

}  // namespace latchkey::cli
