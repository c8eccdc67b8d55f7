// SPDX-License-Identifier: GPL-2.0-or-later
// Which options of latchkey and cryptsetup cannot be combined.
#pragma once

#include "cli/rule.h"

namespace latchkey::cli {

std::span<const Rule> all_rules();

}  // namespace latchkey::cli
