// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/completion/parts.h"

#include <algorithm>

#include "cli/completion/scripts.h"

namespace latchkey::cli::completion {
namespace {

constexpr std::string_view kCiphers =
    "aes-xts-plain64 aes-cbc-essiv:sha256 serpent-xts-plain64 twofish-xts-plain64 "
    "camellia-xts-plain64 aes-cbc-plain64";
constexpr std::string_view kHashes =
    "sha256 sha512 sha1 sha224 sha384 sha3-256 sha3-512 blake2b-512 blake2s-256 whirlpool "
    "ripemd160";

// Returns the programs that have the same actions.
std::vector<std::string> programs_like(const OurProgram& program) {
    std::vector<std::string> names;
    for (const OurProgram* other : all_programs())
        if (other->actions == program.actions) names.push_back(other->called());
    if (names.empty()) names.push_back(program.called());
    return names;
}

}  // namespace

std::string filled(const OurProgram& program, std::string_view script,
                   std::initializer_list<Part> parts) {
    const std::vector<std::string> programs = programs_like(program);
    const std::string all = joined(programs, " ");
    const std::string prefix = prefix_of(program);
    const std::string actions = all_action_names(program);
    const std::string topics = topic_words(program);
    std::vector<Part> known = parts;
    known.insert(known.end(), {{"program", programs.front()},
                               {"programs", all},
                               {"prefix", prefix},
                               {"actions", actions},
                               {"topics", topics},
                               {"keyslot_lines", kKeyslotLines}});
    std::string text;
    while (!script.empty()) {
        const std::size_t at = std::min(script.find('@'), script.size());
        text += script.substr(0, at);
        script.remove_prefix(at);
        if (script.empty()) break;
        const std::string_view name = script.substr(1, script.find('@', 1) - 1);
        const auto found = std::ranges::find(known, name, &Part::name);
        if (found == known.end()) {  // an @ of the shell's own
            text += '@';
            script.remove_prefix(1);
            continue;
        }
        text += found->text;
        script.remove_prefix(name.size() + 2);
        // A list of lines stands in a line of its own.
        if (found->text.ends_with('\n') && script.starts_with('\n')) script.remove_prefix(1);
    }
    return text;
}

std::string prefix_of(const OurProgram& program) {
    std::string prefix = "_" + programs_like(program).front();
    std::ranges::replace_if(
        prefix, [](char c) { return c == '.' || c == '-'; }, '_');
    return prefix;
}

std::vector<std::string> names_of(const Action& action) {
    std::vector<std::string> names{std::string(action.name)};
    for (const ActionAlias& alias : action.aliases) names.emplace_back(alias.name);
    return names;
}

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

std::string all_action_names(const OurProgram& program) {
    std::vector<std::string> names;
    for (const Action* action : program.actions()) names.push_back(joined(names_of(*action), " "));
    names.emplace_back("help");
    return joined(names, " ");
}

std::string topic_words(const OurProgram& program) {
    std::string words;
    for (const Topic& topic : program.topics())
        if (find_topic(program, topic.word) != nullptr) words += " " + std::string(topic.word);
    return words;
}

Complete kind_of_operand(std::string_view operand) {
    if (operand.find('|') != std::string_view::npos) return Complete::Words;
    if (operand.find("file") != std::string_view::npos) return Complete::File;
    if (operand == "device") return Complete::Device;
    if (operand == "key slot") return Complete::Keyslot;
    if (operand == "name") return Complete::Mapping;
    return Complete::Nothing;
}

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

}  // namespace latchkey::cli::completion
