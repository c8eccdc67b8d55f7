// SPDX-License-Identifier: GPL-2.0-or-later
// --unlock-on: the weakest machine that must open a keyslot, which may be another than this one.
#pragma once

#include <cstdint>
#include <string_view>

#include "latchkey/error.h"
#include "latchkey/params.h"

namespace latchkey::cli {

struct UnlockProfile {
    std::uint64_t memory_kib = 0;  // of the whole machine; 0 = as here
    std::uint32_t cpus = 0;        // 0 = as here
    std::uint32_t speed = 100;     // of one of its processors, in hundredths of one of this machine
};

// Parses "memory=512M,cpus=1,speed=25": at least one of them, in any order, each once.  InvalidArgument names the word.
[[nodiscard]] Result<UnlockProfile> parse_unlock_profile(std::string_view text);

// Returns the request that makes a keyslot on this machine whose opening takes request.time_ms on that one, with at most
// half of its memory and no more lanes than it has processors.
[[nodiscard]] KdfRequest for_machine(const UnlockProfile& profile, KdfRequest request);

}  // namespace latchkey::cli
