// SPDX-License-Identifier: LGPL-2.1-or-later
// Decides which requests share a question, and words it.
#pragma once

#include <optional>

#include "boot/state.h"

namespace latchkey::boot {

// Returns the question that is due, or nothing if no request waits for a person.  The first request that waits decides:
// all that share passphrases with it are asked for with it.
[[nodiscard]] std::optional<AskPerson> next_question(const State& state);

}  // namespace latchkey::boot
