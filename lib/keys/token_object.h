// SPDX-License-Identifier: LGPL-2.1-or-later
// What programs ask about a token's JSON object, for callers that do not parse it.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "latchkey/volume.h"

namespace latchkey::keys {

struct TokenObject {
    std::string type = {};
    std::vector<std::string> keyslots = {};  // numbers that it lists, as the object writes them
    std::string key_description = {};        // luks2-keyring; "" = none

    [[nodiscard]] bool lists(int keyslot) const;
};

// Returns token `number` of the volume; nothing if there is none.
[[nodiscard]] std::optional<TokenObject> token_object(const Volume& volume, int number);
// Returns the type of a token's JSON text; nothing if the text has none.
[[nodiscard]] std::optional<std::string> token_type_in(std::string_view json);

// Returns whether LUKS2 reserves the type, so that no plug-in or program may handle it.
[[nodiscard]] bool is_reserved_token_type(std::string_view type);
// Returns whether this library knows the type.
[[nodiscard]] bool is_known_token_type(std::string_view type);

}  // namespace latchkey::keys
