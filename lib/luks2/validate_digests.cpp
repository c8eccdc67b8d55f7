// SPDX-License-Identifier: LGPL-2.1-or-later
#include "base/base64.h"
#include "luks2/validate.h"

namespace latchkey::luks2 {
namespace {

Result<Bytes> base64(const Node& node, const char* member) {
    LK_ASSIGN(const std::string text, node.text(member));
    auto bytes = from_base64(text);
    if (!bytes) return node.error(member, "not base64: " + quote(text));
    return std::move(*bytes);
}

// Reads the values that a key is compared with.  The peer reads them only when it checks a key, so an error here
// leaves the header valid.
Result<void> read_values(const Node& node, Digest& digest) {
    if (digest.type != "pbkdf2") return node.error("type", "unknown: " + quote(digest.type));
    LK_ASSIGN(digest.hash, node.text("hash"));
    LK_ASSIGN(digest.iterations, node.number("iterations"));
    if (digest.iterations == 0) return node.error("iterations", "0");
    LK_ASSIGN(digest.salt, base64(node, "salt"));
    LK_ASSIGN(digest.digest, base64(node, "digest"));
    return {};
}

}  // namespace

Result<std::vector<Digest>> read_digests(const Node& root) {
    LK_ASSIGN(const Node keyslots, root.object("keyslots"));
    LK_ASSIGN(const Node segments, root.object("segments"));
    LK_ASSIGN(const Node digests, root.object("digests"));
    LK_ASSIGN(const std::vector<Node::Numbered> members, digests.numbered());
    std::vector<Digest> result;
    for (const auto& [number, node] : members) {
        Digest digest{.number = number, .type = {}};
        LK_ASSIGN(digest.type, node.text("type"));
        LK_ASSIGN(digest.keyslots, node.references("keyslots", keyslots));
        LK_ASSIGN(digest.segments, node.references("segments", segments));
        if (auto values = read_values(node, digest); !values)
            digest.defect = std::move(values).error().message;
        result.push_back(std::move(digest));
    }
    return result;
}

}  // namespace latchkey::luks2
