// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/completion/parts.h"
#include "cli/completion/scripts.h"

namespace latchkey::cli::completion {
namespace {

std::string fish_quoted(std::string_view text) {
    std::string quoted = "'";
    for (const char c : text) {
        if (c == '\'' || c == '\\') quoted += '\\';
        quoted += c;
    }
    return quoted + "'";
}

std::string fish_value(const OurProgram& program, const OptionSpec& option) {
    switch (option.complete) {
        case Complete::Words:
        case Complete::Cipher:
        case Complete::Hash: return " -x -a " + fish_quoted(words_for(option));
        case Complete::File:
        case Complete::Device: return " -r -F";
        case Complete::Directory: return " -x -a '(__fish_complete_directories)'";
        case Complete::Mapping: return " -x -a '(_" + prefix_of(program) + "_mappings)'";
        case Complete::Keyslot: return " -x -a '(_" + prefix_of(program) + "_keyslots)'";
        case Complete::Nothing: break;
    }
    return option.kind == ValueKind::Flag ? "" : " -x";
}

std::string fish_option(const OurProgram& program, const OptionSpec& option,
                        const std::string& condition) {
    std::string line = "    complete -c $program" + condition;
    for (const std::string& name : spellings(option))
        line +=
            name.starts_with("--") ? " -l " + name.substr(2) : " -s " + fish_quoted(name.substr(1));
    return line + fish_value(program, option) + " -d " + fish_quoted(option.help) + "\n";
}

// Returns the lines that offer an action, its options and its operands.
std::string fish_action(const OurProgram& program, const Action& action) {
    const std::string names = joined(names_of(action), " ");
    const std::string condition = " -n '__fish_seen_subcommand_from " + names + "'";
    const std::string function = "_" + prefix_of(program);
    std::string lines = "    complete -c $program -f -n " + function + "_needs_action -a " +
                        fish_quoted(names) + " -d " + fish_quoted(action.summary) + "\n";
    for (const OptionSpec* option : program.options())
        if (option->scope != Scope::Common && action.heeds(*option))
            lines += fish_option(program, *option, condition);
    for (const std::string& operand : operands_of(action)) {
        const std::string begin = "    complete -c $program" + condition + " -a ";
        if (kind_of_operand(operand) == Complete::Mapping)
            lines += begin + "'(" + function + "_mappings)'\n";
        if (kind_of_operand(operand) == Complete::Keyslot)
            lines += begin + "'(" + function + "_keyslots)'\n";
        if (kind_of_operand(operand) == Complete::Words)
            lines += begin + fish_quoted(spaced(operand)) + "\n";
    }
    return lines;
}

}  // namespace

std::string fish_script(const OurProgram& program) {
    std::string common;
    for (const OptionSpec* option : program.options())
        if (option->scope == Scope::Common) common += fish_option(program, *option, "");
    std::string actions;
    for (const Action* action : program.actions()) actions += fish_action(program, *action);
    const std::string words = fish_quoted(all_action_names(program) + topic_words(program));
    return filled(program, kFish,
                  {{"options", common}, {"each_action", actions}, {"help_words", words}});
}

}  // namespace latchkey::cli::completion
