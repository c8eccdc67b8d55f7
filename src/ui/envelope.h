// SPDX-License-Identifier: GPL-2.0-or-later
// The JSON object that --json prints: docs/cli-abi.md, "JSON".
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "latchkey/error.h"
#include "latchkey/peer_release.h"
#include "latchkey/report.h"

namespace latchkey::cli {

// Its first member.  The number at the end changes only when members are removed.
inline constexpr std::string_view kSchema = "latchkey/1";

struct Envelope {
    std::string_view action = {};  // "" = the command line could not be parsed that far
    const Error* error = nullptr;
    int exit_status = 0;
    PeerRelease speaks_as = built_peer_release();  // whose words the error has
    std::optional<Fact> result = {};
    std::vector<std::string> warnings = {};
    std::optional<std::vector<Fact>> dry_run = {};  // one Object for each device
};

[[nodiscard]] Fact envelope_fact(Envelope envelope);

}  // namespace latchkey::cli
