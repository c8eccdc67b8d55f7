// SPDX-License-Identifier: LGPL-2.1-or-later
// Parses "sha256", "sha256:16", "plain": how a passphrase becomes a key (docs/formats/plain.md section 1).
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "latchkey/error.h"

namespace latchkey::plain {

struct HashSpec {
    std::string text;  // as written, for messages
    std::string name;  // "plain" = no hash
    std::optional<std::size_t> length =
        {};  // bytes that are hashed; the key's other bytes are zeros

    [[nodiscard]] bool is_plain() const { return name == "plain"; }
};

// `key_bytes` is the maximum of `length`.  InvalidArgument, MissingCipher: contract of key_from_passphrase().
[[nodiscard]] Result<HashSpec> parse_hash_spec(std::string_view text, std::size_t key_bytes);

}  // namespace latchkey::plain
