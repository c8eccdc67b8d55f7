// SPDX-License-Identifier: LGPL-2.1-or-later
#include "luks2/validate.h"

namespace latchkey::luks2 {

Result<std::vector<Token>> read_tokens(const Node& root) {
    LK_ASSIGN(const Node keyslots, root.object("keyslots"));
    LK_ASSIGN(const Node tokens, root.object("tokens"));
    LK_ASSIGN(const std::vector<Node::Numbered> members, tokens.numbered());
    std::vector<Token> result;
    for (const auto& [number, node] : members) {
        Token token{.number = number, .type = {}};
        LK_ASSIGN(token.type, node.text("type"));
        LK_ASSIGN(token.keyslots, node.references("keyslots", keyslots));
        result.push_back(std::move(token));
    }
    return result;
}

}  // namespace latchkey::luks2
