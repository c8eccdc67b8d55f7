// SPDX-License-Identifier: GPL-2.0-or-later
// Which options go together: a table.
#pragma once

#include <optional>
#include <string>

#include "cli/arguments.h"

namespace latchkey::cli {

// The translated reason of the first rule that is broken.
std::optional<std::string> broken_rule(const Arguments& arguments);

}  // namespace latchkey::cli
