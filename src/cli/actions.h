// SPDX-License-Identifier: GPL-2.0-or-later
// The actions of latchkey and cryptsetup.
#pragma once

#include "cli/action.h"

namespace latchkey::cli {

// Returns them in the order of --help.
ActionTable all_actions();

}  // namespace latchkey::cli
