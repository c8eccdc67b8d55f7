// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/completion/parts.h"
#include "cli/completion/scripts.h"

namespace latchkey::cli::completion {
namespace {

std::string zsh_quoted(std::string_view text) {
    std::string quoted;
    for (const char c : text) {
        if (c == '\'')
            quoted += "'\\''";
        else if (c == ':' || c == '[' || c == ']')
            quoted += std::string("\\") + c;
        else
            quoted += c;
    }
    return quoted;
}

std::string zsh_completer(const OurProgram& program, Complete complete, const std::string& words) {
    switch (complete) {
        case Complete::Words:
        case Complete::Cipher:
        case Complete::Hash: return "(" + zsh_quoted(words) + ")";
        case Complete::File: return "_files";
        case Complete::Directory: return "_directories";
        case Complete::Device: return "_files -W / -g \"*\"";
        case Complete::Mapping: return "_path_files -W /dev/mapper";
        case Complete::Keyslot: return prefix_of(program) + "_keyslots";
        case Complete::Nothing: break;
    }
    return " ";
}

std::string zsh_option(const OurProgram& program, const OptionSpec& option) {
    std::string text;
    const std::string help = "[" + zsh_quoted(option.help) + "]";
    for (const std::string& name : spellings(option)) {
        text += "        '" + name;
        if (option.kind != ValueKind::Flag) text += name.starts_with("--") ? "=" : "+";
        text += help;
        if (option.kind != ValueKind::Flag)
            text += ":" + zsh_quoted(option.metavar) + ":" +
                    zsh_completer(program, option.complete, words_for(option));
        text += "'\n";
    }
    return text;
}

}  // namespace

std::string zsh_script(const OurProgram& program) {
    std::string common;
    std::string cases;
    for (const OptionSpec* option : program.options())
        if (option->scope == Scope::Common) common += zsh_option(program, *option);
    for (const Action* action : program.actions()) {
        cases += "    " + joined(names_of(*action), "|") + ") specs+=(\n";
        for (const OptionSpec* option : program.options())
            if (option->scope != Scope::Common && action->heeds(*option))
                cases += zsh_option(program, *option);
        std::size_t number = 2;
        for (const std::string& operand : operands_of(*action)) {
            const Complete kind = kind_of_operand(operand);
            cases += "        '" + std::to_string(number++) + ":" + zsh_quoted(operand) + ":" +
                     (kind == Complete::Device ? "_files"
                                               : zsh_completer(program, kind, spaced(operand))) +
                     "'\n";
        }
        cases += "        ) ;;\n";
    }
    return filled(program, kZsh, {{"common", common}, {"cases", cases}});
}

}  // namespace latchkey::cli::completion
