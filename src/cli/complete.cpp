// SPDX-License-Identifier: GPL-2.0-or-later
// Makes completion scripts for bash, zsh and fish from the tables.
#include <vector>

#include "cli/action.h"
#include "cli/introspect.h"
#include "cli/options.h"
#include "cli/topics.h"

namespace latchkey::cli {
namespace {

constexpr std::string_view kCiphers =
    "aes-xts-plain64 aes-cbc-essiv:sha256 serpent-xts-plain64 twofish-xts-plain64 "
    "camellia-xts-plain64 aes-cbc-plain64";
constexpr std::string_view kHashes =
    "sha256 sha512 sha1 sha224 sha384 sha3-256 sha3-512 blake2b-512 blake2s-256 whirlpool "
    "ripemd160";

// Returns a pipe that makes lines of the numbers and names of keyslots of what "show --json" says.  Names with quotes
// are left out.
std::string keyslot_lines() {
    return "grep -o '\"number\":[0-9]*,\"name\":\"[^\"\\\\]*\"' | tr -d '\"' | "
           "sed -e 's/^number:\\([0-9]*\\),name:/\\1\\n/' | grep .";
}

// Returns "a b" for "a|b".
std::string spaced(std::string_view words) {
    std::string text(words);
    for (char& c : text)
        if (c == '|') c = ' ';
    return text;
}

std::string words_for(const OptionSpec& option) {
    switch (option.complete) {
        case Complete::Words: return spaced(option.words);
        case Complete::Cipher: return std::string(kCiphers);
        case Complete::Hash: return std::string(kHashes);
        default: return {};
    }
}

// Returns all names of an action, "open luksOpen plainOpen".
std::string names_of(const Action& action, char separator) {
    std::string names(action.name);
    for (const ActionAlias& alias : action.aliases) {
        names += separator;
        names += alias.name;
    }
    return names;
}

// Returns "--type|--new|-N".
std::vector<std::string> spellings(const OptionSpec& option) {
    std::vector<std::string> names{"--" + std::string(option.name)};
    for (const std::string_view alias : option.aliases)
        if (!alias.empty()) names.push_back("--" + std::string(alias));
    if (option.letter != '\0') names.push_back(std::string("-") + option.letter);
    return names;
}

std::string joined(const std::vector<std::string>& parts, std::string_view separator) {
    std::string text;
    for (const std::string& part : parts) {
        if (!text.empty()) text += separator;
        text += part;
    }
    return text;
}

// Returns "latchkey cryptsetup": the programs that have the same actions.
std::string names_of(const OurProgram& program) {
    std::vector<std::string> names;
    for (const OurProgram* other : all_programs())
        if (other->actions == program.actions) names.push_back(other->called());
    return joined(names, " ");
}

// Returns " volumes keys": what help explains besides actions.
std::string topic_words(const OurProgram& program) {
    std::string words;
    for (const Topic& topic : all_topics())
        if (find_topic(program, topic.word) != nullptr) words += " " + std::string(topic.word);
    return words;
}

std::string all_action_names(const OurProgram& program) {
    std::vector<std::string> names;
    for (const Action* action : program.actions()) names.push_back(names_of(*action, ' '));
    names.emplace_back("help");
    return joined(names, " ");
}

// Returns the kind of an operand between "<" and ">".
Complete kind_of_operand(std::string_view operand) {
    if (operand.find('|') != std::string_view::npos) return Complete::Words;
    if (operand.find("file") != std::string_view::npos) return Complete::File;
    if (operand == "device") return Complete::Device;
    if (operand == "key slot") return Complete::Keyslot;
    if (operand == "name") return Complete::Mapping;
    return Complete::Nothing;
}

// Returns the operands in order, without those that belong to an option ("[--type <type>]").
std::vector<std::string> operands_of(const Action& action) {
    std::vector<std::string> operands;
    std::string_view text = action.operands;
    for (std::size_t open = text.find('<'); open != std::string_view::npos; open = text.find('<')) {
        const std::string_view before = text.substr(0, open);
        const std::size_t bracket = before.rfind('[');
        const bool of_option =
            bracket != std::string_view::npos && before.substr(bracket).starts_with("[--");
        const std::size_t close = text.find('>', open);
        if (!of_option) operands.emplace_back(text.substr(open + 1, close - open - 1));
        text.remove_prefix(close + 1);
    }
    return operands;
}

// ---- bash

std::string bash_reply(Complete complete, const std::string& words) {
    switch (complete) {
        case Complete::Words:
        case Complete::Cipher:
        case Complete::Hash: return "_latchkey_words '" + words + "'";
        case Complete::File: return "_latchkey_files -f";
        case Complete::Directory: return "_latchkey_files -d";
        case Complete::Device: return "_latchkey_devices";
        case Complete::Mapping: return "_latchkey_mappings";
        case Complete::Keyslot: return "_latchkey_keyslots";
        case Complete::Nothing: break;
    }
    return ":";
}

std::string bash_operands(const OurProgram& program) {
    std::string text;
    for (const Action* action : program.actions()) {
        const auto operands = operands_of(*action);
        for (std::size_t i = 0; i < operands.size(); ++i) {
            std::string pattern;
            for (const std::string& name : {names_of(*action, '|')})
                for (const char c : name)
                    pattern += c == '|' ? ":" + std::to_string(i) + "|" : std::string(1, c);
            text += "        " + pattern + ":" + std::to_string(i) + ") " +
                    bash_reply(kind_of_operand(operands[i]), spaced(operands[i])) + " ;;\n";
        }
    }
    return text;
}

std::string bash_script(const OurProgram& program) {
    std::vector<std::string> with_value;
    std::string values;
    for (const OptionSpec* option : all_options()) {
        if (option->kind == ValueKind::Flag) continue;
        const std::string pattern = joined(spellings(*option), "|");
        with_value.push_back(pattern);
        values += "        " + pattern + ") " + bash_reply(option->complete, words_for(*option)) +
                  "; return ;;\n";
    }
    std::string options;
    for (const Action* action : program.actions()) {
        std::vector<std::string> names;
        for (const OptionSpec* option : all_options())
            if (action->heeds(*option)) names.push_back("--" + std::string(option->name));
        options += "        " + names_of(*action, '|') + ") _latchkey_words '" +
                   joined(names, " ") + "' ;;\n";
    }
    std::vector<std::string> every;
    for (const OptionSpec* option : all_options())
        every.push_back("--" + std::string(option->name));
    return "# bash completion, made by 'latchkey --completion bash'\n"
           "_latchkey_words() { COMPREPLY=($(compgen -W \"$1\" -- \"$current\")); }\n"
           "_latchkey_files() { compopt -o filenames; COMPREPLY=($(compgen \"$1\" -- "
           "\"$current\")); }\n"
           "_latchkey_devices() {\n"
           "    compopt -o filenames\n"
           "    COMPREPLY=($(compgen -f -- \"${current:-/dev/}\"))\n"
           "}\n"
           "_latchkey_mappings() {\n"
           "    local names=(/dev/mapper/*)\n"
           "    names=(\"${names[@]#/dev/mapper/}\")\n"
           "    _latchkey_words \"${names[*]/#control/}\"\n"
           "}\n"
           "# The volume is the first word of the line that has keyslots.\n"
           "_latchkey_keyslots() {\n"
           "    local IFS=$'\\n' word slot slots typed=${current//\\\\/}\n"
           "    for word in \"${COMP_WORDS[@]:1}\"; do\n"
           "        word=${word//\\\\/}\n"
           "        [[ -b ${word/#\\~/$HOME} || -f ${word/#\\~/$HOME} ]] || continue\n"
           "        slots=$(\"${COMP_WORDS[0]}\" show --json \"${word/#\\~/$HOME}\" 2>/dev/null "
           "</dev/null | " +
           keyslot_lines() +
           ")\n"
           "        [[ $slots ]] && break\n"
           "    done\n"
           "    for slot in $slots; do\n"
           "        [[ $slot == \"$typed\"* ]] && COMPREPLY+=(\"$(printf %q \"$slot\")\")\n"
           "    done\n"
           "}\n"
           "_latchkey() {\n"
           "    local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD-1]}\n"
           "    local action='' operand=-1 skip='' i\n"
           "    COMPREPLY=()\n"
           "    # The shell splits --type=luks2 at the equals sign.\n"
           "    if [[ $current == = ]]; then\n"
           "        current=''\n"
           "    elif [[ $previous == = ]]; then\n"
           "        previous=${COMP_WORDS[COMP_CWORD-2]}\n"
           "    fi\n"
           "    case $previous in\n" +
           values +
           "    esac\n"
           "    for ((i = 1; i < COMP_CWORD; i++)); do\n"
           "        if [[ ${COMP_WORDS[i]} == = ]]; then ((i++)); continue; fi\n"
           "        if [[ $skip && ${COMP_WORDS[i]} != = ]]; then skip=''; continue; fi\n"
           "        case ${COMP_WORDS[i]} in\n"
           "            " +
           joined(with_value, "|") +
           ") [[ ${COMP_WORDS[i+1]} == = ]] || skip=1 ;;\n"
           "            -*) ;;\n"
           "            *) if [[ ! $action ]]; then action=${COMP_WORDS[i]}; fi; ((operand++)) ;;\n"
           "        esac\n"
           "    done\n"
           "    if [[ $current == -* ]]; then\n"
           "        case $action in\n" +
           options + "        *) _latchkey_words '" + joined(every, " ") +
           "' ;;\n"
           "        esac\n"
           "        return\n"
           "    fi\n"
           "    if [[ ! $action ]]; then\n"
           "        _latchkey_words '" +
           all_action_names(program) +
           "'\n"
           "        return\n"
           "    fi\n"
           "    if [[ $action == help ]]; then\n"
           "        _latchkey_words '" +
           all_action_names(program) + topic_words(program) +
           "'\n"
           "        return\n"
           "    fi\n"
           "    case $action:$operand in\n" +
           bash_operands(program) +
           "    esac\n"
           "}\n"
           "complete -F _latchkey " +
           names_of(program) + "\n";
}

// ---- zsh

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

std::string zsh_completer(Complete complete, const std::string& words) {
    switch (complete) {
        case Complete::Words:
        case Complete::Cipher:
        case Complete::Hash: return "(" + zsh_quoted(words) + ")";
        case Complete::File: return "_files";
        case Complete::Directory: return "_directories";
        case Complete::Device: return "_files -W / -g \"*\"";
        case Complete::Mapping: return "_path_files -W /dev/mapper";
        case Complete::Keyslot: return "_latchkey_keyslots";
        case Complete::Nothing: break;
    }
    return " ";
}

std::string zsh_option(const OptionSpec& option) {
    std::string text;
    const std::string help = "[" + zsh_quoted(option.help) + "]";
    for (const std::string& name : spellings(option)) {
        text += "        '" + name;
        if (option.kind != ValueKind::Flag) text += name.starts_with("--") ? "=" : "+";
        text += help;
        if (option.kind != ValueKind::Flag)
            text += ":" + zsh_quoted(option.metavar) + ":" +
                    zsh_completer(option.complete, words_for(option));
        text += "'\n";
    }
    return text;
}

std::string zsh_script(const OurProgram& program) {
    std::string common;
    std::string cases;
    for (const OptionSpec* option : all_options())
        if (option->scope == Scope::Common) common += zsh_option(*option);
    for (const Action* action : program.actions()) {
        cases += "    " + names_of(*action, '|') + ") specs+=(\n";
        for (const OptionSpec* option : all_options())
            if (option->scope != Scope::Common && action->heeds(*option))
                cases += zsh_option(*option);
        std::size_t number = 2;
        for (const std::string& operand : operands_of(*action)) {
            const Complete kind = kind_of_operand(operand);
            cases += "        '" + std::to_string(number++) + ":" + zsh_quoted(operand) + ":" +
                     (kind == Complete::Device ? "_files" : zsh_completer(kind, spaced(operand))) +
                     "'\n";
        }
        cases += "        ) ;;\n";
    }
    std::string head =
        "#compdef ";  // built step by step: g++ 12 misreads the whole, g++ 14 another form
    head += names_of(program);
    return head +
           "\n"
           "# Made by 'latchkey --completion zsh'.\n"
           "# The volume is the first word of the line that has keyslots.\n"
           "_latchkey_keyslots() {\n"
           "    local word\n"
           "    local -a slots\n"
           "    for word in ${(Q)words[2,-1]}; do\n"
           "        [[ -b $word || -f $word ]] || continue\n"
           "        slots=(${(f)\"$(${(Q)words[1]} show --json $word 2>/dev/null </dev/null | " +
           keyslot_lines() +
           ")\"})\n"
           "        (( $#slots )) && break\n"
           "    done\n"
           "    compadd -a slots\n"
           "}\n"
           "local -a specs actions\n"
           "local word action=''\n"
           "actions=(" +
           all_action_names(program) +
           ")\n"
           "for word in ${words[2,CURRENT-1]}; do\n"
           "    if (( ${actions[(Ie)$word]} )); then action=$word; break; fi\n"
           "done\n"
           "specs=(\n" +
           common +
           "        '1:action:($actions)'\n"
           ")\n"
           "case $action in\n" +
           cases + "    help) specs+=('2:topic:($actions" + topic_words(program) +
           ")') ;;\n"
           "    *) specs+=('*: :_files') ;;\n"
           "esac\n"
           "_arguments -s -S $specs\n";
}

// ---- fish

std::string fish_quoted(std::string_view text) {
    std::string quoted = "'";
    for (const char c : text) {
        if (c == '\'' || c == '\\') quoted += '\\';
        quoted += c;
    }
    return quoted + "'";
}

std::string fish_value(const OptionSpec& option) {
    switch (option.complete) {
        case Complete::Words:
        case Complete::Cipher:
        case Complete::Hash: return " -x -a " + fish_quoted(words_for(option));
        case Complete::File:
        case Complete::Device: return " -r -F";
        case Complete::Directory: return " -x -a '(__fish_complete_directories)'";
        case Complete::Mapping: return " -x -a '(__latchkey_mappings)'";
        case Complete::Keyslot: return " -x -a '(__latchkey_keyslots)'";
        case Complete::Nothing: break;
    }
    return option.kind == ValueKind::Flag ? "" : " -x";
}

std::string fish_option(const OptionSpec& option, const std::string& condition) {
    std::string line = "    complete -c $program" + condition;
    for (const std::string& name : spellings(option))
        line +=
            name.starts_with("--") ? " -l " + name.substr(2) : " -s " + fish_quoted(name.substr(1));
    return line + fish_value(option) + " -d " + fish_quoted(option.help) + "\n";
}

std::string fish_script(const OurProgram& program) {
    std::string lines;
    for (const OptionSpec* option : all_options())
        if (option->scope == Scope::Common) lines += fish_option(*option, "");
    for (const Action* action : program.actions()) {
        const std::string condition =
            " -n '__fish_seen_subcommand_from " + names_of(*action, ' ') + "'";
        lines += "    complete -c $program -f -n __latchkey_needs_action -a " +
                 fish_quoted(names_of(*action, ' ')) + " -d " + fish_quoted(action->summary) + "\n";
        for (const OptionSpec* option : all_options())
            if (option->scope != Scope::Common && action->heeds(*option))
                lines += fish_option(*option, condition);
        for (const std::string& operand : operands_of(*action)) {
            if (kind_of_operand(operand) == Complete::Mapping)
                lines += "    complete -c $program" + condition + " -a '(__latchkey_mappings)'\n";
            if (kind_of_operand(operand) == Complete::Keyslot)
                lines += "    complete -c $program" + condition + " -a '(__latchkey_keyslots)'\n";
            if (kind_of_operand(operand) == Complete::Words)
                lines += "    complete -c $program" + condition + " -a " +
                         fish_quoted(spaced(operand)) + "\n";
        }
    }
    lines += "    complete -c $program -f -n __latchkey_needs_action -a help\n";
    lines += "    complete -c $program -f -n '__fish_seen_subcommand_from help' -a " +
             fish_quoted(all_action_names(program) + topic_words(program)) + "\n";
    return "# fish completion, made by 'latchkey --completion fish'\n"
           "# The volume is the first word of the line that has keyslots.\n"
           "function __latchkey_keyslots\n"
           "    set -l line (commandline -opc)\n"
           "    for word in $line[2..-1]\n"
           "        test -b $word; or test -f $word; or continue\n"
           "        set -l slots ($line[1] show --json $word 2>/dev/null </dev/null | " +
           keyslot_lines() +
           ")\n"
           "        if set -q slots[1]\n"
           "            printf '%s\\n' $slots\n"
           "            return\n"
           "        end\n"
           "    end\n"
           "end\n"
           "function __latchkey_mappings\n"
           "    for path in /dev/mapper/*\n"
           "        string match -v control (basename $path)\n"
           "    end\n"
           "end\n"
           "function __latchkey_needs_action\n"
           "    not __fish_seen_subcommand_from " +
           all_action_names(program) +
           "\n"
           "end\n"
           "for program in " +
           names_of(program) + "\n" + lines + "end\n";
}

}  // namespace

std::optional<std::string> completion_script(const OurProgram& program, std::string_view shell) {
    if (shell == "bash") return bash_script(program);
    if (shell == "zsh") return zsh_script(program);
    if (shell == "fish") return fish_script(program);
    return std::nullopt;
}

}  // namespace latchkey::cli
