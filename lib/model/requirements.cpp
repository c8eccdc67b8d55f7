// SPDX-License-Identifier: LGPL-2.1-or-later
#include "model/requirements.h"

#include <algorithm>
#include <array>

namespace latchkey::model {
namespace {

constexpr std::string_view kOnlineReencrypt = "online-reencrypt";

struct Row {
    std::string_view name;
    Requirement requirement;
};
constexpr std::array<Row, 7> kTable = {{
    {"offline-reencrypt", Requirement::OfflineReencrypt},
    {kOnlineReencrypt, Requirement::OnlineReencrypt},
    {"online-reencrypt-v2", Requirement::OnlineReencrypt},
    {"online-reencrypt-v3", Requirement::OnlineReencrypt},
    {"opal", Requirement::Opal},
    {"opal-v2", Requirement::Opal},  // single user mode
    {"inline-hw-tags", Requirement::InlineHwTags},
}};

}  // namespace

Requirement classify_requirement(std::string_view name) {
    const auto row = std::ranges::find(kTable, name, &Row::name);
    return row == kTable.end() ? Requirement::Unknown : row->requirement;
}

bool is_online_reencrypt_name(std::string_view name) {
    if (!name.starts_with(kOnlineReencrypt)) return false;
    name.remove_prefix(kOnlineReencrypt.size());
    if (name.empty()) return true;
    return name.starts_with("-v") && name.size() > 2 &&
           name.substr(2).find_first_not_of("0123456789") == name.npos;
}

Requirements requirements_of(const std::vector<std::string>& names) {
    Requirements all;
    for (const std::string& name : names) all = all | classify_requirement(name);
    return all;
}

}  // namespace latchkey::model
