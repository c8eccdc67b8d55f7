// SPDX-License-Identifier: GPL-2.0-or-later
// The differing lines of two texts.
#pragma once

#include <string>
#include <string_view>

namespace latchkey::cli {

// Returns "- old line" and "+ new line", in order, for a shortest set of changes; "" for equal texts.
[[nodiscard]] std::string line_diff(std::string_view before, std::string_view after);

}  // namespace latchkey::cli
