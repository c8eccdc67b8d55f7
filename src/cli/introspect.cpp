// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/introspect.h"

#include <iterator>
#include <limits>

#include "cli/action.h"
#include "cli/meant.h"
#include "latchkey/report.h"

namespace latchkey::cli {
namespace {

constexpr const char* kKinds[] = {"flag", "text", "number", "size", "keyslot"};
constexpr const char* kScopes[] = {"common", "anywhere", "listed"};
constexpr const char* kCompletions[] = {"nothing", "words",  "file", "directory", "device",
                                        "mapping", "cipher", "hash", "keyslot"};
static_assert(std::size(kCompletions) == static_cast<std::size_t>(Complete::Keyslot) + 1);

Fact text_fact(std::string key, std::string_view value) {
    return {.key = std::move(key), .value = std::string(value)};
}
Fact list(std::string key) {
    return {.key = std::move(key), .kind = Fact::Kind::Array};
}
Fact object() {
    return {.key = {}, .kind = Fact::Kind::Object};
}
Fact flag(std::string key, bool value) {
    return {.key = std::move(key), .value = value};
}

Fact words_of(std::string_view words) {
    Fact fact = list("words");
    for (const std::string_view word : split_words(words))
        fact.children.push_back(text_fact("", word));
    return fact;
}

Fact option_fact(const OptionSpec& option) {
    Fact fact = object();
    fact.children.push_back(text_fact("name", option.name));
    if (option.letter != '\0')
        fact.children.push_back(text_fact("letter", std::string_view(&option.letter, 1)));
    if (!option.aliases[0].empty()) {
        Fact aliases = list("aliases");
        for (const std::string_view alias : option.aliases)
            if (!alias.empty()) aliases.children.push_back(text_fact("", alias));
        fact.children.push_back(std::move(aliases));
    }
    fact.children.push_back(text_fact("kind", kKinds[static_cast<std::size_t>(option.kind)]));
    if (*option.metavar) fact.children.push_back(text_fact("metavar", option.metavar));
    fact.children.push_back(text_fact("help", option.help));
    fact.children.push_back(text_fact("scope", kScopes[static_cast<std::size_t>(option.scope)]));
    fact.children.push_back(
        text_fact("complete", kCompletions[static_cast<std::size_t>(option.complete)]));
    if (!option.words.empty()) fact.children.push_back(words_of(option.words));
    if (option.minimum != 0) fact.children.push_back({.key = "minimum", .value = option.minimum});
    if (option.maximum != std::numeric_limits<std::uint64_t>::max())
        fact.children.push_back({.key = "maximum", .value = option.maximum});
    if (option.multiple_of != 1)
        fact.children.push_back({.key = "multiple_of", .value = option.multiple_of});
    return fact;
}

Fact alias_fact(const ActionAlias& alias) {
    Fact fact = object();
    fact.children.push_back(text_fact("name", alias.name));
    if (!alias.type.empty()) fact.children.push_back(text_fact("type", alias.type));
    if (alias.implies != nullptr)
        fact.children.push_back(text_fact("implies", alias.implies->name));
    if (alias.swapped) fact.children.push_back(flag("swapped", true));
    return fact;
}

Fact action_fact(const OurProgram& program, const Action& action) {
    Fact fact = object();
    fact.children.push_back(text_fact("name", action.name));
    fact.children.push_back(text_fact("operands", action.operands));
    fact.children.push_back({.key = "required", .value = std::uint64_t{action.required()}});
    fact.children.push_back(text_fact("summary", action.summary));
    Fact aliases = list("aliases");
    for (const ActionAlias& alias : action.aliases) aliases.children.push_back(alias_fact(alias));
    fact.children.push_back(std::move(aliases));
    Fact heeds = list("options");
    for (const OptionSpec* option : program.options())
        if (option->scope != Scope::Common && action.heeds(*option))
            heeds.children.push_back(text_fact("", option->name));
    fact.children.push_back(std::move(heeds));
    Fact examples = list("examples");
    for (const Example& example : action.examples) {
        examples.children.push_back(object());
        examples.children.back().children = {text_fact("what", example.what),
                                             text_fact("words", example.words)};
    }
    fact.children.push_back(std::move(examples));
    return fact;
}

}  // namespace

std::string introspection(const OurProgram& program) {
    Fact root = object();
    root.children.push_back(text_fact("schema", "latchkey-introspection/1"));
    root.children.push_back(text_fact("program", program.name));
    root.children.push_back(text_fact("version", LATCHKEY_VERSION));
    Fact options = list("options");
    for (const OptionSpec* option : program.options())
        options.children.push_back(option_fact(*option));
    root.children.push_back(std::move(options));
    Fact actions = list("actions");
    for (const Action* action : program.actions())
        actions.children.push_back(action_fact(program, *action));
    root.children.push_back(std::move(actions));
    return to_json(root, 2) + "\n";
}

}  // namespace latchkey::cli
