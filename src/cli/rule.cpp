// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/rule.h"

#include <algorithm>

#include "cli/action.h"
#include "cli/program.h"
#include "text/i18n.h"

namespace latchkey::cli {
namespace {

bool contains(std::string_view types, std::string_view type) {
    const std::size_t at = types.find(type);
    return !type.empty() && at != std::string_view::npos && at > 0 && types[at - 1] == '|' &&
           types.substr(at + type.size()).starts_with('|');
}

std::ptrdiff_t count(const Arguments& arguments, const OptionSpec* option) {
    return std::ranges::count(arguments.values, option, &Arguments::Value::option);
}

// `type` is the value of the program's --type, or what the program takes without it.
bool is_broken(const Rule& rule, const Arguments& arguments, std::string_view type) {
    if (!arguments.has(*rule.option)) return false;
    if (!rule.action.empty() && rule.action != arguments.action->name) return false;
    switch (rule.kind) {
        case Rule::Kind::Excludes:
            return arguments.has(*rule.other) && (rule.types.empty() || contains(rule.types, type));
        case Rule::Kind::Needs: return !arguments.has(*rule.other);
        case Rule::Kind::OnlyTypes: return !contains(rule.types, type);
        case Rule::Kind::Once:
            return !contains(rule.types, type) && count(arguments, rule.option) > 1;
        case Rule::Kind::Twice: return count(arguments, rule.option) > 2;
        case Rule::Kind::InPairs:
            return count(arguments, rule.option) == 2 && count(arguments, rule.other) != 2;
    }
    return false;
}

}  // namespace

std::optional<std::string> broken_rule(const OurProgram& program, const Arguments& arguments) {
    std::string_view type = program.default_type;
    const OptionSpec* option = program.type_option();
    for (const Arguments::Value& value : arguments.values)
        if (value.option == option) type = value.text;
    for (const Rule& rule : program.rules())
        if (is_broken(rule, arguments, type)) return translate(rule.reason);
    return std::nullopt;
}

}  // namespace latchkey::cli
