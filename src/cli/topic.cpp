// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/topic.h"

#include <algorithm>

#include "cli/program.h"

namespace latchkey::cli {

std::vector<const Action*> actions_of(const OurProgram& program, const Topic& topic) {
    std::vector<const Action*> actions;
    for (const std::string_view name : topic.actions)
        if (const Action* action = find_action(program.actions(), name)) actions.push_back(action);
    return actions;
}

std::vector<const OptionSpec*> options_of(const OurProgram& program, const Topic& topic) {
    std::vector<const OptionSpec*> options = program.shown_options();
    std::erase_if(options, [&](const OptionSpec* option) { return option->topic != topic.word; });
    return options;
}

const Topic* find_topic(const OurProgram& program, std::string_view word) {
    const std::span<const Topic> topics = program.topics();
    const auto found = std::ranges::find(topics, word, &Topic::word);
    if (found == topics.end()) return nullptr;
    const bool any = !actions_of(program, *found).empty() || !options_of(program, *found).empty();
    return any ? &*found : nullptr;
}

}  // namespace latchkey::cli
