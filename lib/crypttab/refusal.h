// SPDX-License-Identifier: LGPL-2.1-or-later
// Returns why no reader opens a line, as a translated part of a sentence, or "".
#pragma once

#include <string>

#include "crypttab/values.h"

namespace latchkey::crypttab {

std::string refusal_of(const Entry& entry, const Meaning& volume);

// The parts of the reason that `check` reports at a column.
std::string name_problem(const std::string& name, Readers reader);
std::string hash_problem(const Meaning& volume);
// Returns the reason for an option whose value its reader refuses.
std::string bad_value(const Option& option, Readers reader);

}  // namespace latchkey::crypttab
