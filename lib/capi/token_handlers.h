// SPDX-License-Identifier: LGPL-2.1-or-later
// Handlers of tokens that the program registered (crypt_token_register).
#pragma once

#include <optional>
#include <string_view>

#include "capi/abi.h"

namespace latchkey::capi {

[[nodiscard]] std::optional<crypt_token_handler> registered_handler(std::string_view type);

}  // namespace latchkey::capi
