// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/meant.h"

#include <algorithm>

#include "latchkey/wording.h"
#include "text/format.h"
#include "text/i18n.h"

namespace latchkey::cli {
namespace {

// Returns the action that the word misspells; "" if none.
std::string_view meant_action(const OurProgram& program, std::string_view word, bool topics) {
    std::vector<std::string_view> names = {"help"};
    if (topics)
        for (const Topic& topic : program.topics()) names.push_back(topic.word);
    for (const Action* action : program.actions()) {
        names.push_back(action->name);
        for (const ActionAlias& alias : action->aliases) names.push_back(alias.name);
    }
    return nearest_word(word, names);
}

std::string listed(std::span<const std::string_view> words) {
    std::string list;
    for (const std::string_view word : words)
        list += (list.empty() ? "" : ", ") + std::string(word);
    return list;
}

}  // namespace

std::string about_action(const OurProgram& program, std::string_view word, bool topics) {
    const std::string given(word);
    const std::string meant(meant_action(program, word, topics));
    return meant.empty()
               ? text("there is no action '%s'", given.c_str())
               : text("there is no action '%s'; did you mean '%s'?", given.c_str(), meant.c_str());
}

std::string about_option(const OurProgram& program, std::string_view word) {
    std::vector<std::string_view> names;
    for (const OptionSpec* option : program.options()) names.push_back(option->name);
    std::vector<std::string_view> longer;
    for (const std::string_view name : names)
        if (!word.empty() && name.starts_with(word)) longer.push_back(name);
    const std::string meant(longer.size() == 1 ? longer.front() : nearest_word(word, names));
    return meant.empty() ? std::string() : text("did you mean '--%s'?", meant.c_str());
}

std::string about_word(std::string_view what, std::string_view given,
                       std::span<const std::string_view> known) {
    const std::string meant(nearest_word(given, known));
    const std::string all = listed(known);
    return meant.empty()
               ? text("%s takes one of %s, not '%s'", std::string(what).c_str(), all.c_str(),
                      std::string(given).c_str())
               : text("%s takes one of %s, not '%s'; did you mean '%s'?", std::string(what).c_str(),
                      all.c_str(), std::string(given).c_str(), meant.c_str());
}

std::string about_value(const OptionSpec& option, std::string_view given) {
    const std::string word(given);
    if (!option.words.empty())
        return about_word("--" + std::string(option.name), given, split_words(option.words));
    if (option.kind == ValueKind::Size)
        return text("--%s takes a size, as 64M or 4096, not '%s'", option.name.data(),
                    word.c_str());
    if (option.multiple_of > 1)
        return text("--%s takes a multiple of %llu, not '%s'", option.name.data(),
                    static_cast<unsigned long long>(option.multiple_of), word.c_str());
    return text("--%s takes a number from %llu to %llu, not '%s'", option.name.data(),
                static_cast<unsigned long long>(option.minimum),
                static_cast<unsigned long long>(option.maximum), word.c_str());
}

std::vector<std::string_view> split_words(std::string_view words) {
    std::vector<std::string_view> list;
    while (!words.empty()) {
        const std::size_t end = std::min(words.find('|'), words.size());
        list.push_back(words.substr(0, end));
        words.remove_prefix(std::min(end + 1, words.size()));
    }
    return list;
}

}  // namespace latchkey::cli
