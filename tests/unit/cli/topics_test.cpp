// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/topics.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "cli/actions.h"
#include "cli/help.h"
#include "cli/options.h"
#include "cli/parse.h"

namespace latchkey::cli {
namespace {

using testing::HasSubstr;

// Splits at blanks; the examples quote nothing.
std::vector<std::string> words_in(std::string_view line) {
    std::vector<std::string> words;
    while (!line.empty()) {
        const std::size_t end = std::min(line.find(' '), line.size());
        words.emplace_back(line.substr(0, end));
        line.remove_prefix(std::min(end + 1, line.size()));
    }
    return words;
}

// Returns the action that the line runs, or the reason why it does not run.
std::string action_run_by(const OurProgram& program, std::string_view line) {
    const std::vector<std::string> words = words_in(line);
    std::vector<const char*> pointers;
    for (const std::string& word : words) pointers.push_back(word.c_str());
    const auto parsed = parse(program, pointers);
    if (const auto* error = std::get_if<UsageError>(&parsed)) return error->reason;
    const auto& command = std::get<Command>(parsed);
    if (command.surplus) return "surplus " + std::string(*command.surplus);
    for (const Arguments::Value& value : command.arguments.values)
        if (!command.arguments.action->heeds(*value.option))
            return "--" + std::string(value.option->name) + " has no effect";
    return std::string(command.arguments.action->name);
}

TEST(CliTopics, EachActionIsInOne) {
    for (const Action* action : all_actions()) {
        int found = 0;
        for (const Topic& topic : all_topics())
            found += static_cast<int>(std::ranges::count(topic.actions, action->name));
        EXPECT_EQ(found, 1) << action->name;
    }
    for (const Topic& topic : all_topics())
        for (const std::string_view name : topic.actions)
            EXPECT_NE(find_action(all_actions(), name), nullptr) << name;
}

TEST(CliTopics, EachOptionIsInOne) {
    for (const OptionSpec* option : all_options()) {
        EXPECT_EQ(std::ranges::count(all_topics(), option->topic, &Topic::word), 1) << option->name;
    }
}

TEST(CliTopics, NoTopicHasTheNameOfAnAction) {
    for (const Topic& topic : all_topics())
        EXPECT_EQ(find_action(all_actions(), topic.word), nullptr) << topic.word;
}

TEST(CliTopics, EachExampleRunsItsAction) {
    const OurProgram& program = program_called("latchkey");
    for (const Action* action : all_actions())
        for (const Example& example : action->examples) {
            ASSERT_NE(example.what, nullptr) << action->name;
            EXPECT_EQ(action_run_by(program, example.words), action->name) << example.words;
        }
}

TEST(CliTopics, TheTenTasksAreCommandsThatExist) {
    const OurProgram& program = program_called("latchkey");
    EXPECT_EQ(daily_tasks().size(), 10U);
    constexpr std::string_view kOurs = "latchkey ";
    for (const Task& task : daily_tasks())
        if (const std::size_t at = task.line.find(kOurs); at != std::string_view::npos) {
            const std::string_view line = task.line.substr(at + kOurs.size());
            EXPECT_EQ(action_run_by(program, line), line.substr(0, line.find(' '))) << task.line;
        }
}

TEST(CliTopics, HelpNamesOptionsOfActionsOnly) {
    const std::string help = long_help_text(program_called("latchkey"), PeerRelease::V2_7);
    EXPECT_THAT(help, HasSubstr("--key-slot"));
    EXPECT_THAT(help, HasSubstr("  luksAddKey "));
    for (const OptionSpec* option : all_options()) {
        const bool heeded = std::ranges::any_of(
            all_actions(), [&](const Action* action) { return action->heeds(*option); });
        const std::string name = " --" + std::string(option->name);
        const bool named = help.find(name + "\n") != std::string::npos ||
                           help.find(name + " ") != std::string::npos ||
                           help.find(name + "=") != std::string::npos;
        EXPECT_EQ(named, heeded) << name;
    }
}

TEST(CliTopics, HelpOfATopicHasItsActionsAndOptions) {
    const OurProgram& program = program_called("latchkey");
    const std::string help = topic_help_text(program, *find_topic(program, "keys"));
    EXPECT_THAT(help, HasSubstr("  luksKillSlot "));
    EXPECT_THAT(help, HasSubstr("--key-slot"));
    EXPECT_THAT(help, testing::Not(HasSubstr("--cipher=")));
}

TEST(CliTopics, LinesOfTheGreetingFitATerminal) {
    const std::string help = greeting_text(program_called("latchkey"));
    for (std::string_view rest = help; !rest.empty();) {
        const std::size_t end = rest.find('\n');
        EXPECT_LE(end, 79U) << rest.substr(0, end);
        rest.remove_prefix(end + 1);
    }
}

}  // namespace
}  // namespace latchkey::cli
