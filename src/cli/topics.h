// SPDX-License-Identifier: GPL-2.0-or-later
// The order in which the help of latchkey shows actions and options: by subject.
#pragma once

#include <span>

#include "cli/topic.h"

namespace latchkey::cli {

// Returns all topics.  Each action is in one, and each option.
std::span<const Topic> all_topics();
// Returns what people do most, for those who do not know the program.
std::span<const Task> daily_tasks();

}  // namespace latchkey::cli
