// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "latchkey/wording.h"

namespace latchkey {

// Returns the hint "did you mean 'sha256'?" for a misspelt word, translated; "" if no candidate is near.
[[nodiscard]] std::string did_you_mean(std::string_view word,
                                       std::span<const std::string_view> candidates);

}  // namespace latchkey
