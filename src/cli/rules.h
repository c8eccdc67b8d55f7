// SPDX-License-Identifier: GPL-2.0-or-later
// The table of options that go together or exclude each other.
#pragma once

#include <optional>
#include <string>

#include "cli/arguments.h"

namespace latchkey::cli {

// Returns the translated reason of the first broken rule.
std::optional<std::string> broken_rule(const Arguments& arguments);

}  // namespace latchkey::cli
