// SPDX-License-Identifier: GPL-2.0-or-later
// The administrator's defaults: a file of `key = value` lines, docs/cli-abi.md.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "latchkey/peer_release.h"

namespace latchkey::cli {

struct Configuration {
    std::string backup_dir = {};  // "" = none
    std::optional<PeerRelease> speaks_as = {};
    std::optional<std::uint64_t> kdf_max_iterations = {};
    std::optional<std::uint64_t> kdf_max_time = {};
    std::optional<std::uint64_t> kdf_max_total = {};   // seconds
    std::optional<std::uint64_t> kdf_max_memory = {};  // bytes
    // One translated line for each invalid line.  A mistake in this file must not keep a disk from opening: the other
    // lines count.
    std::vector<std::string> complaints = {};
};

[[nodiscard]] Configuration parse_configuration(std::string_view text, std::string_view file_name);

// Returns an empty configuration if there is no file.
[[nodiscard]] Configuration read_configuration(const char* path);

}  // namespace latchkey::cli
