// SPDX-License-Identifier: GPL-2.0-or-later
// The one JSON object that --json prints: docs/cli-abi.md, "JSON".
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "latchkey/error.h"
#include "latchkey/report.h"

namespace latchkey::cli {

// Its first member; a number at the end changes only when something is taken away.
inline constexpr std::string_view kSchema = "latchkey/1";

struct Envelope {
    std::string_view action = {};  // "" = the command line was not understood so far
    const Error* error = nullptr;
    int exit_status = 0;
    std::optional<Fact> result = {};
    std::vector<std::string> warnings = {};
    std::optional<std::vector<Fact>> dry_run = {};  // one Object for each device
};

[[nodiscard]] Fact envelope_fact(Envelope envelope);

}  // namespace latchkey::cli
