// SPDX-License-Identifier: LGPL-2.1-or-later
// Decides which lines of a crypttab are opened and closed, and in which order, and builds the environment of their
// scripts.  Pure.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "latchkey/crypttab.h"
#include "latchkey/error.h"

namespace latchkey::crypttab {

// A line that must be opened after others, because its device, header or key is on their mappings.
struct Step {
    std::size_t volume = 0;               // index into the volumes
    std::vector<std::size_t> needs = {};  // indices of steps that come before this one
};

// Returns the lines in `names` and those that they need; without names, all lines except noauto.  Otherwise the order
// is that of the file.  If two lines have the same name, the first one counts.  NotFound: no line has that name.
// InvalidArgument: lines wait for each other; the message gives their numbers and names.
[[nodiscard]] LATCHKEY_API Result<std::vector<Step>> opening_order(
    std::span<const Meaning> volumes, std::span<const std::string> names);

// Returns the indices of lines that wait for each other, or for themselves, for ever.
[[nodiscard]] LATCHKEY_API std::vector<std::size_t> lines_in_circles(
    std::span<const Meaning> volumes);

// Returns only the lines in `names`, or all: a line comes before the line that it lies on.  NotFound as above.  Lines
// that wait for each other keep the reverse order of the file.
[[nodiscard]] LATCHKEY_API Result<std::vector<std::size_t>> closing_order(
    std::span<const Meaning> volumes, std::span<const std::string> names);

// Returns the path of the program in `keyscript=` or `check=`: in Debian's folder, unless it is absolute.
[[nodiscard]] LATCHKEY_API std::string script_path(std::string_view script);
[[nodiscard]] LATCHKEY_API std::string check_path(std::string_view check);

// Returns the environment of Debian's key scripts, as "CRYPTTAB_NAME=..." each: fields and options decoded, and under
// names with '_' as written in the file.  `device`: the device that the second field leads to.  `tried`: how often
// the script ran before.
[[nodiscard]] LATCHKEY_API std::vector<std::string> script_environment(const Line& line,
                                                                       const Entry& entry,
                                                                       std::string_view device,
                                                                       unsigned tried);

}  // namespace latchkey::crypttab
