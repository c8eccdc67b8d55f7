// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/help.h"

#include <algorithm>

#include "text/format.h"
#include "text/i18n.h"

namespace latchkey::cli {
namespace {

constexpr std::size_t kHelpColumn = 38;
constexpr std::size_t kLineLength = 79;

// Returns the columns of a UTF-8 text; our catalogues contain no wide characters.
std::size_t columns(std::string_view text) {
    return static_cast<std::size_t>(std::ranges::count_if(
        text, [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; }));
}

// Returns "-c, --cipher=CIPHER".
std::string left_side(const OptionSpec& option) {
    std::string left = "      ";
    if (option.letter != '\0') left = untranslated("  -%c, ", option.letter);
    left += "--" + std::string(option.name);
    if (*option.metavar) left += "=" + std::string(translate(option.metavar));
    return left;
}

// Appends words in lines of at most kLineLength, each indented by `indent`; the first line has `column` columns.
void wrap(std::string& into, std::size_t column, std::string_view text,
          std::size_t indent = kHelpColumn) {
    while (!text.empty()) {
        const std::size_t end = std::min(text.find(' '), text.size());
        const std::string_view word = text.substr(0, end);
        text.remove_prefix(std::min(end + 1, text.size()));
        const std::size_t width = columns(word);
        if (column != indent && column + 1 + width > kLineLength) {
            into += '\n';
            into.append(indent, ' ');
            column = indent;
        } else if (column != indent) {
            into += ' ';
            ++column;
        }
        into += word;
        column += width;
    }
    into += '\n';
}

void add_option(std::string& into, const OptionSpec& option) {
    const std::string left = left_side(option);
    into += left;
    std::size_t column = columns(left);
    if (column + 2 > kHelpColumn) {
        into += '\n';
        column = 0;
    }
    into.append(kHelpColumn - column, ' ');
    wrap(into, kHelpColumn, translate(option.help));
    for (const std::string_view alias : option.aliases)
        if (!alias.empty()) {
            const std::string other = "      --" + std::string(alias);
            into += other;
            into.append(other.size() + 2 > kHelpColumn ? 2 : kHelpColumn - other.size(), ' ');
            wrap(into, kHelpColumn, text("Alias for --%s", option.name.data()));
        }
}

// Appends what is done and, in a line of its own, the command.
void add_line(std::string& into, std::string_view what, std::string_view line) {
    into += "  " + std::string(what) + ":\n      " + std::string(line) + "\n";
}

// Appends "  left            text", with the text wrapped at column `indent`.
void add_row(std::string& into, std::string_view left, std::string_view text, std::size_t indent) {
    into += "  " + std::string(left);
    into.append(indent - std::min(columns(left) + 2, indent - 1), ' ');
    wrap(into, indent, text, indent);
}

void add_topic_actions(std::string& into, const OurProgram& program, const Topic& topic) {
    constexpr std::size_t kIndent = 22;
    for (const Action* action : actions_of(program, topic))
        add_row(into, action->name, translate(action->summary), kIndent);
}

void add_action(std::string& into, const Action& action) {
    into += untranslated("\t%s %s - %s\n", action.name.data(), translate(action.operands),
                         translate(action.summary));
}

void add_aliases(std::string& into, const Action& action) {
    if (action.aliases.empty()) return;
    into += untranslated("\t%s:", action.name.data());
    const char* separator = " ";
    for (const ActionAlias& alias : action.aliases) {
        into += separator + std::string(alias.name);
        separator = ", ";
    }
    into += '\n';
}

std::string usage_line(const OurProgram& program) {
    return text("Usage: %s [OPTION...] <action> <action-specific>\n", program.called().c_str());
}

}  // namespace

std::string greeting_text(const OurProgram& program) {
    constexpr std::size_t kIndent = 14;
    std::string out = usage_line(program);
    out += "\n";
    out += translate(N_("What people do most (a device may be a file, too):\n"));
    for (const Task& task : program.tasks()) add_line(out, translate(task.what), task.line);
    for (const Topic& topic : program.topics()) {
        if (actions_of(program, topic).empty()) continue;
        out += untranslated("\n%s:\n", translate(topic.title));
        add_topic_actions(out, program, topic);
    }
    out += "\n";
    out += text("Run '%s help <action>' for examples and options of one action. Topics:\n",
                program.called().c_str());
    for (const Topic& topic : program.topics())
        if (find_topic(program, topic.word) != nullptr)
            add_row(out, topic.word, translate(topic.title), kIndent);
    return out;
}

std::string long_help_text(const OurProgram& program, PeerRelease) {
    std::string out = greeting_text(program);
    for (const Topic& topic : program.topics()) {
        const auto options = options_of(program, topic);
        if (options.empty()) continue;
        out += "\n";
        out += text("Options (%s): %s\n", std::string(topic.word).c_str(), translate(topic.title));
        for (const OptionSpec* option : options) add_option(out, *option);
    }
    return out;
}

std::string topic_help_text(const OurProgram& program, const Topic& topic) {
    std::string out = untranslated("%s\n\n", translate(topic.title));
    add_topic_actions(out, program, topic);
    const auto options = options_of(program, topic);
    if (!actions_of(program, topic).empty() && !options.empty()) out += "\n";
    for (const OptionSpec* option : options) add_option(out, *option);
    out += "\n";
    out +=
        text("Run '%s help <action>' for the options of one action.\n", program.called().c_str());
    return out;
}

std::string help_text(const OurProgram& program, PeerRelease speaks_as) {
    std::string out = program.version(speaks_as) + "\n" + usage_line(program) + "\n";
    for (const OptionSpec* option : program.shown_options()) add_option(out, *option);
    out += "\n";
    out += translate(N_("<action> is one of:\n"));
    for (const Action* action : program.actions()) add_action(out, *action);
    out += "\n";
    out += translate(N_("You can also use old <action> syntax aliases:\n"));
    for (const Action* action : program.actions()) add_aliases(out, *action);
    out += "\n";
    out += translate(program.operands_help);
    out += "\n";
    out +=
        text("Run '%s help <action>' for the options of one action.\n", program.called().c_str());
    if (program.defaults != nullptr) out += "\n" + program.defaults(speaks_as);
    return out;
}

std::string action_help_text(const OurProgram& program, const Action& action) {
    std::string out = text("Usage: %s %s [OPTION...] %s\n", program.called().c_str(),
                           action.name.data(), translate(action.operands));
    out += untranslated("%s\n\n", translate(action.summary));
    if (!action.aliases.empty()) {
        out += translate(N_("Other names:\n"));
        add_aliases(out, action);
        out += "\n";
    }
    out += translate(N_("Examples:\n"));
    for (const Example& example : action.examples)
        add_line(out, translate(example.what), program.called() + " " + std::string(example.words));
    out += "\n";
    for (const OptionSpec* option : program.options())
        if (action.heeds(*option)) add_option(out, *option);
    return out;
}

std::string usage_text(const OurProgram& program) {
    std::string out = text("Usage: %s", program.called().c_str());
    std::size_t column = columns(out);
    const auto add = [&](const std::string& word) {
        if (column + 1 + columns(word) > kLineLength) {
            out += "\n       ";
            column = 7;
        }
        out += ' ' + word;
        column += 1 + columns(word);
    };
    for (const OptionSpec* option : program.shown_options()) {
        std::string word = "[";
        if (option->letter != '\0') word += untranslated("-%c|", option->letter);
        word += "--" + std::string(option->name);
        if (*option->metavar) word += "=" + std::string(translate(option->metavar));
        add(word + "]");
    }
    add("<action>");
    add("<action-specific>");
    return out + "\n";
}

std::string short_usage_text(const OurProgram& program, const Action* action,
                             std::string_view action_word) {
    const char* operands = action == nullptr ? "" : action->operands;
    std::string_view name = action == nullptr ? "" : action->name;
    const ActionAlias* alias = nullptr;
    // An alias with its own operands is shown under its own name.
    if (find_action(program.actions(), action_word, &alias) != nullptr && alias != nullptr &&
        alias->operands != nullptr) {
        operands = alias->operands;
        name = alias->name;
    }
    std::string out = action == nullptr
                          ? usage_line(program)
                          : text("Usage: %s %s [OPTION...] %s\n", program.called().c_str(),
                                 name.data(), translate(operands));
    const std::string topic = action == nullptr ? "" : " " + std::string(action->name);
    return out +
           text("Run '%s help%s' for the options.\n", program.called().c_str(), topic.c_str());
}

}  // namespace latchkey::cli
