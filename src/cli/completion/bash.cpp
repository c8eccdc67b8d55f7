// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/completion/parts.h"
#include "cli/completion/scripts.h"

namespace latchkey::cli::completion {
namespace {

// Returns the call of a function of bash.in that offers values.
std::string bash_reply(const std::string& prefix, Complete complete, const std::string& words) {
    switch (complete) {
        case Complete::Words:
        case Complete::Cipher:
        case Complete::Hash: return prefix + "_words '" + words + "'";
        case Complete::File: return prefix + "_files -f";
        case Complete::Directory: return prefix + "_files -d";
        case Complete::Device: return prefix + "_devices";
        case Complete::Mapping: return prefix + "_mappings";
        case Complete::Keyslot: return prefix + "_keyslots";
        case Complete::Nothing: break;
    }
    return ":";
}

std::string bash_operands(const OurProgram& program) {
    const std::string prefix = prefix_of(program);
    std::string text;
    for (const Action* action : program.actions()) {
        const auto operands = operands_of(*action);
        for (std::size_t i = 0; i < operands.size(); ++i) {
            const std::string number = ":" + std::to_string(i);
            text += "        " + joined(names_of(*action), number + "|") + number + ") " +
                    bash_reply(prefix, kind_of_operand(operands[i]), spaced(operands[i])) + " ;;\n";
        }
    }
    return text;
}

// Returns "--name --other": the options for which `is_offered` is true.
template <typename Offered>
std::string bash_options(const OurProgram& program, Offered is_offered) {
    std::vector<std::string> names;
    for (const OptionSpec* option : program.options())
        if (is_offered(*option)) names.push_back("--" + std::string(option->name));
    return joined(names, " ");
}

}  // namespace

std::string bash_script(const OurProgram& program) {
    const std::string prefix = prefix_of(program);
    std::vector<std::string> with_value;
    std::string values;
    for (const OptionSpec* option : program.options()) {
        if (option->kind == ValueKind::Flag) continue;
        with_value.push_back(joined(spellings(*option), "|"));
        values += "        " + with_value.back() + ") " +
                  bash_reply(prefix, option->complete, words_for(*option)) + "; return ;;\n";
    }
    std::string options;
    for (const Action* action : program.actions())
        options +=
            "        " + joined(names_of(*action), "|") + ") " + prefix + "_words '" +
            bash_options(program,
                         [action](const OptionSpec& option) { return action->heeds(option); }) +
            "' ;;\n";
    return filled(program, kBash,
                  {{"values", values},
                   {"with_value", joined(with_value, "|")},
                   {"options", options},
                   {"every", bash_options(program, [](const OptionSpec&) { return true; })},
                   {"operands", bash_operands(program)}});
}

}  // namespace latchkey::cli::completion
