// SPDX-License-Identifier: LGPL-2.1-or-later
// Handlers of tokens that the program itself brought (crypt_token_register).
#pragma once

#include <memory>
#include <optional>
#include <string_view>

#include "capi/device.h"
#include "latchkey/token_unlock.h"

namespace latchkey::capi {

[[nodiscard]] std::optional<crypt_token_handler> registered_handler(std::string_view type);

// Whether a token of that type can be opened here: by a registered handler, or by a plug-in in the directory that
// crypt_token_external_path() answers.
[[nodiscard]] bool has_token_handler(crypt_device& cd, std::string_view type);

// Registered handlers first, then `others`, which may be null and must live as long.
[[nodiscard]] std::unique_ptr<TokenOpener> registered_opener(crypt_device& cd, void* user,
                                                             TokenOpener* others);

}  // namespace latchkey::capi
