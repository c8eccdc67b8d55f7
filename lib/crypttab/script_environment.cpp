// SPDX-License-Identifier: LGPL-2.1-or-later
// Builds the environment that cryptsetup 2.6 and 2.7 in Debian give to key scripts.
#include <algorithm>
#include <map>

#include "crypttab/values.h"
#include "latchkey/crypttab_order.h"

namespace latchkey::crypttab {
namespace {

// The final names of options in Debian's scripts, for options with two spellings.
constexpr std::pair<std::string_view, std::string_view> kDebianNames[] = {
    {"key-slot", "keyslot"},
    {"tcrypt-hidden", "tcrypthidden"},
    {"tcrypt-veracrypt", "veracrypt"},
};

std::string variable_of(std::string_view option) {
    for (const auto& [ours, theirs] : kDebianNames)
        if (option == ours) option = theirs;
    std::string variable = "CRYPTTAB_OPTION_" + std::string(option);
    std::ranges::replace(variable, '-', '_');
    return variable;
}

std::string value_of(const Option& option) {
    const std::string_view name = option.row->name;
    if (name == "check") return check_path(option.value.value_or(""));
    if (name == "keyscript") return script_path(option.value.value_or(""));
    if (name == "tmp" && option.value.value_or("").empty()) return "ext4";
    return option.row->value == ValueKind::Flag ? "yes" : option.value.value_or("yes");
}

std::string in_folder(std::string_view folder, std::string_view name) {
    return name.starts_with('/') ? std::string(name) : std::string(folder) + std::string(name);
}

// Returns the fourth field, with any further words that Debian's scripts count as part of it.
std::string options_text(const Line& line) {
    if (line.words.size() < 4) return {};
    const std::string_view text = std::string_view(line.text).substr(line.words[3].column - 1);
    return std::string(text.substr(0, text.find_last_not_of(" \t") + 1));
}

}  // namespace

std::string script_path(std::string_view script) {
    return in_folder("/lib/cryptsetup/scripts/", script);
}

std::string check_path(std::string_view check) {
    return in_folder("/lib/cryptsetup/checks/", check.empty() ? "blkid" : check);
}

std::vector<std::string> script_environment(const Line& line, const Entry& entry,
                                            std::string_view device, unsigned tried) {
    std::vector<std::string> environment;
    const auto add = [&](const char* name, std::size_t word, std::string_view decoded) {
        environment.push_back(std::string("CRYPTTAB_") + name + "=" + std::string(decoded));
        environment.push_back(std::string("_CRYPTTAB_") + name + "=" +
                              (word < line.words.size() ? line.words[word].text : std::string()));
    };
    add("NAME", 0, entry.name.text);
    add("SOURCE", 1, device);
    add("KEY", 2, entry.key.text);
    const std::string options = options_text(line);
    environment.push_back("CRYPTTAB_OPTIONS=" + without_octal(options));
    environment.push_back("_CRYPTTAB_OPTIONS=" + options);
    environment.push_back("CRYPTTAB_TRIED=" + std::to_string(tried));
    std::map<std::string, std::string>
        variables;  // if an option is given twice, the last one counts
    for (const Option& option : entry.options)
        if (option.row != nullptr) variables[variable_of(option.row->name)] = value_of(option);
    for (const auto& [name, value] : variables) environment.push_back(name + "=" + value);
    return environment;
}

}  // namespace latchkey::crypttab
