// SPDX-License-Identifier: GPL-2.0-or-later
// The tables of actions and options, and their combinations.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>

#include "cli/actions.h"
#include "cli/introspect.h"
#include "cli/options.h"
#include "support/images.h"
#include "support/temp_dir.h"

namespace latchkey::cli {
namespace {

std::string text_of(ByteView bytes) {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

// Returns "action: option option", one line each, without the options that every action has, and without those that
// are accepted and ignored.
std::string allowed_table() {
    std::string table;
    for (const Action* action : all_actions()) {
        std::set<std::string> options;
        for (const OptionSpec* option : all_options())
            if (option->scope != Scope::Common && action->accepts(*option) &&
                (option->scope == Scope::Listed || action->heeds(*option)))
                options.insert(std::string(option->name));
        table += std::string(action->name) + ":";
        for (const std::string& option : options) table += " " + option;
        table += "\n";
    }
    return table;
}

// A change of an action's options changes the interface: it fails here, and must be recorded in
// tests/unit/cli/allowed_options.txt.
TEST(CliTables, WhatIsAllowedIsAsRecorded) {
    std::istringstream recorded(
        text_of(test::read_file(test::source_dir() / "tests/unit/cli/allowed_options.txt")));
    std::istringstream now(allowed_table());
    std::string recorded_line;
    std::string line;
    while (std::getline(recorded, recorded_line)) {
        if (recorded_line.starts_with('#')) continue;
        ASSERT_TRUE(std::getline(now, line)) << "recorded only: " << recorded_line;
        EXPECT_EQ(line, recorded_line);
    }
    EXPECT_FALSE(std::getline(now, line)) << "not recorded: " << line;
}

TEST(CliTables, OptionsAreFoundByEveryName) {
    for (const OptionSpec* option : all_options()) {
        EXPECT_EQ(find_option(all_options(), option->name), option);
        if (option->letter != '\0') {
            EXPECT_EQ(find_option(all_options(), option->letter), option);
        }
        for (const std::string_view alias : option->aliases)
            if (!alias.empty()) {
                EXPECT_EQ(find_option(all_options(), alias), option);
            }
    }
    EXPECT_EQ(find_option(all_options(), ""), nullptr);
    EXPECT_EQ(find_option(all_options(), '\0'), nullptr);
}

TEST(CliTables, EveryDeclaredOptionIsInTheList) {
    std::size_t declared = 0;
    for (const char* name :
         {"src/cli/frame_options.h", "src/cli/options.h", "src/cli/options_reencrypt.h"}) {
        const std::string header = text_of(test::read_file(test::source_dir() / name));
        for (std::size_t at = header.find("{.name = "); at != std::string::npos;
             at = header.find("{.name = ", at + 1))
            ++declared;
    }
    EXPECT_EQ(declared, all_options().size());
}

TEST(CliTables, OptionsAreWellFormed) {
    for (const OptionSpec* option : all_options()) {
        EXPECT_EQ(option->kind == ValueKind::Flag, *option->metavar == '\0') << option->name;
        EXPECT_NE(*option->help, '\0') << option->name;
        EXPECT_EQ(option->complete == Complete::Words, !option->words.empty()) << option->name;
        if (option->kind == ValueKind::Number && option->maximum == 0x7fffffff) {
            EXPECT_NE(*option->range_error, '\0')
                << option->name << " has no word for negative numbers";
        }
    }
}

TEST(CliTables, ActionsAndAliasesHaveOneMeaning) {
    std::map<std::string_view, std::string_view> owners;
    for (const Action* action : all_actions()) {
        EXPECT_TRUE(owners.emplace(action->name, action->name).second) << action->name;
        for (const ActionAlias& alias : action->aliases)
            EXPECT_TRUE(owners.emplace(alias.name, action->name).second) << alias.name;
        EXPECT_NE(*action->summary, '\0') << action->name;
        EXPECT_NE(action->run, nullptr) << action->name;
        EXPECT_TRUE(std::ranges::find(all_options(), nullptr) == all_options().end());
    }
    for (const auto& [name, owner] : owners)
        EXPECT_EQ(find_action(all_actions(), name)->name, owner);
    EXPECT_EQ(find_action(all_actions(), "luksfoo"), nullptr);
}

TEST(CliTables, ListedOptionsHaveAnActionOrAreDeclaredForLater) {
    // Options of missing formats and operations.  They are known, so that the error says what they cannot be combined
    // with instead of calling them misspelt.
    std::set<std::string_view> unused;
    for (const OptionSpec* option : all_options())
        if (option->scope == Scope::Listed &&
            std::ranges::none_of(all_actions(),
                                 [&](const Action* action) { return action->heeds(*option); }))
            unused.insert(option->name);
    for (const std::string_view name :
         {"type", "json", "key-slot", "dry-run", "backup-dir", "name"})
        EXPECT_FALSE(unused.contains(name)) << name;
}

TEST(CliTables, OperandsThatAreRequired) {
    EXPECT_EQ(find_action(all_actions(), "luksKillSlot")->required(), 2U);
    EXPECT_EQ(find_action(all_actions(), "luksAddKey")->required(), 1U);
    EXPECT_EQ(find_action(all_actions(), "open")->required(), 1U);
    EXPECT_EQ((Action{.name = "x", .operands = "[<a>] <b>"}.required()), 1U);
    EXPECT_EQ((Action{.name = "x", .operands = "<a>", .some_operand = false}.required()), 0U);
    EXPECT_EQ((Action{.name = "x"}.required()), 0U);
}

TEST(CliTables, IntrospectionSaysTheSame) {
    const auto json = nlohmann::json::parse(introspection(program_called("latchkey")));
    EXPECT_EQ(json["schema"], "latchkey-introspection/1");
    EXPECT_EQ(json["options"].size(), all_options().size());
    ASSERT_EQ(json["actions"].size(), all_actions().size());
    for (const auto& option : json["options"]) {
        const OptionSpec* spec = find_option(all_options(), option["name"].get<std::string>());
        ASSERT_NE(spec, nullptr);
        EXPECT_EQ(option["help"], spec->help);
        EXPECT_EQ(option["kind"] == "flag", spec->kind == ValueKind::Flag);
    }
    for (const auto& entry : json["actions"]) {
        const Action* action = find_action(all_actions(), entry["name"].get<std::string>());
        ASSERT_NE(action, nullptr);
        EXPECT_EQ(entry["required"], action->required());
        for (const auto& option : entry["options"])
            EXPECT_TRUE(action->heeds(*find_option(all_options(), option.get<std::string>())));
    }
}

}  // namespace
}  // namespace latchkey::cli
