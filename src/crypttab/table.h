// SPDX-License-Identifier: GPL-2.0-or-later
// Reads a crypttab.
#pragma once

#include <string>

#include "latchkey/crypttab.h"
#include "ui/ui.h"

namespace latchkey::cli {

inline constexpr char kSystemTable[] = "/etc/crypttab";

// Returns the lines of a file, or of standard input for "-"; none if there is nothing to read.  Errors name the file:
// NoDevice if it is not there or may not be read, those of crypttab::parse(), Interrupted.
[[nodiscard]] Result<crypttab::File> read_table(Ui& ui, const std::string& path);

}  // namespace latchkey::cli
