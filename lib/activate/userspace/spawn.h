// SPDX-License-Identifier: LGPL-2.1-or-later
// Starting the program that serves a volume.
#pragma once

#include <string>
#include <vector>

#include "base/unique_fd.h"
#include "latchkey/error.h"

namespace latchkey::userspace {

// The descriptor by which a serving process is told what to do.
inline constexpr int kOrderDescriptor = 3;

// Where the program is: beside this one, if nobody else could have put it there, or installed.  NotSupported if it is
// nowhere.
[[nodiscard]] Result<std::string> serve_program();
// In a scope of systemd's where that runs, so that it outlives the session that began it.  Returns our end of the
// socket that is its kOrderDescriptor.
[[nodiscard]] Result<UniqueFd> spawn(const std::string& program, const std::string& name);

// Runs a program of the system to its end; no shell, no output, and nobody to hear how it went.
void run_quietly(const std::vector<std::string>& words);

}  // namespace latchkey::userspace
