// SPDX-License-Identifier: LGPL-2.1-or-later
// What a misspelt word was meant to be.
#pragma once

#include <span>
#include <string_view>

namespace latchkey::crypttab {

// The candidate that is nearest to a word, or "" if none is near.
std::string_view nearest_word(std::string_view word, std::span<const std::string_view> candidates);

}  // namespace latchkey::crypttab
