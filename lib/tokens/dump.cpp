// SPDX-License-Identifier: LGPL-2.1-or-later
#include <algorithm>

#include "latchkey/token_opener.h"

namespace latchkey {
namespace {

std::vector<Fact> lines_of(std::string_view text) {
    std::vector<Fact> lines;
    while (!text.empty()) {
        const std::size_t end = text.find('\n');
        lines.push_back({.key = "", .label = std::string(text.substr(0, end))});
        text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    }
    return lines;
}

Fact* find_list(Fact& fact, std::string_view key) {
    for (Fact& child : fact.children) {
        if (child.key == key && child.kind == Fact::Kind::Array) return &child;
        if (Fact* found = find_list(child, key)) return found;
    }
    return nullptr;
}

}  // namespace

void add_token_dumps(Fact& description, const std::vector<TokenInfo>& tokens, TokenOpener& opener) {
    Fact* list = find_list(description, "tokens");
    if (list == nullptr) return;
    for (Fact& fact : list->children) {
        const auto number = std::ranges::find(fact.children, "number", &Fact::key);
        if (number == fact.children.end()) continue;
        const auto* id = std::get_if<std::uint64_t>(&number->value);
        const auto token = std::ranges::find_if(tokens, [&](const TokenInfo& info) {
            return id != nullptr && static_cast<std::uint64_t>(info.number) == *id;
        });
        if (token == tokens.end() || !opener.opens(token->type)) continue;
        std::vector<Fact> lines = lines_of(opener.dump(*token));
        fact.children.insert(fact.children.begin(), std::make_move_iterator(lines.begin()),
                             std::make_move_iterator(lines.end()));
    }
}

}  // namespace latchkey
