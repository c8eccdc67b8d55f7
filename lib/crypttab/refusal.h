// SPDX-License-Identifier: LGPL-2.1-or-later
// Why nobody opens a line.  Each is a sentence's part, translated, or "".
#pragma once

#include <string>

#include "crypttab/values.h"

namespace latchkey::crypttab {

std::string refusal_of(const Entry& entry, const Volume& volume);

// The parts of it that `check` has a place for.
std::string name_problem(const std::string& name, Readers reader);
std::string hash_problem(const Volume& volume);
// Of an option whose value its reader refuses.
std::string bad_value(const Option& option, Readers reader);

}  // namespace latchkey::crypttab
