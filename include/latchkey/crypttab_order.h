// SPDX-License-Identifier: LGPL-2.1-or-later
// Which lines of a crypttab are opened and closed, in which order, and what their scripts are told.  Pure.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "latchkey/crypttab.h"
#include "latchkey/error.h"

namespace latchkey::crypttab {

// A line to be opened after others: a device, header or key of its lies on their mappings.
struct Step {
    std::size_t volume = 0;               // index
    std::vector<std::size_t> needs = {};  // indices, each of a step before this one
};

// Those of `names` and what they need; without names all but noauto.  Otherwise in the order of the file.  Of two
// lines with one name the first counts.  NotFound: no line has that name.  InvalidArgument: lines that wait for each
// other, by number and name.
[[nodiscard]] LATCHKEY_API Result<std::vector<Step>> opening_order(
    std::span<const Volume> volumes, std::span<const std::string> names);

// Indices of lines that wait for each other, or for themselves, for ever.
[[nodiscard]] LATCHKEY_API std::vector<std::size_t> lines_in_circles(
    std::span<const Volume> volumes);

// Those of `names` alone, or all: what lies on another comes before it.  NotFound as above; lines that wait for each
// other keep the order of the file, backwards.
[[nodiscard]] LATCHKEY_API Result<std::vector<std::size_t>> closing_order(
    std::span<const Volume> volumes, std::span<const std::string> names);

// What `keyscript=` and `check=` name: where Debian keeps them, unless they are absolute.
[[nodiscard]] LATCHKEY_API std::string script_path(std::string_view script);
[[nodiscard]] LATCHKEY_API std::string check_path(std::string_view check);

// What Debian's key scripts find in their environment, "CRYPTTAB_NAME=..." each: fields and options decoded, and behind
// '_' as they stand in the file.  `device`: what the second field was found to be.  `tried`: how often it ran before.
[[nodiscard]] LATCHKEY_API std::vector<std::string> script_environment(const Line& line,
                                                                       const Entry& entry,
                                                                       std::string_view device,
                                                                       unsigned tried);

}  // namespace latchkey::crypttab
