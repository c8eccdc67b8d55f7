// SPDX-License-Identifier: LGPL-2.1-or-later
// Starts the program that serves a volume.
#pragma once

#include <string>
#include <vector>

#include "base/unique_fd.h"
#include "latchkey/error.h"

namespace latchkey::userspace {

// The descriptor on which a serving process receives its orders.
inline constexpr int kOrderDescriptor = 3;

// Returns the path of the program: beside this one, if no other user could have put it there, or else installed.
// NotSupported if there is none.
[[nodiscard]] Result<std::string> serve_program();
// Starts the program, in a systemd scope if systemd runs, so that it outlives the session that started it.  Returns our
// end of the socket that is its kOrderDescriptor.
[[nodiscard]] Result<UniqueFd> spawn(const std::string& program, const std::string& name);

// Runs a system program to its end, without a shell; ignores its output and status.
void run_quietly(const std::vector<std::string>& words);

}  // namespace latchkey::userspace
