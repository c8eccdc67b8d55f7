// SPDX-License-Identifier: LGPL-2.1-or-later
// Devices that exist only for the mapping above them: layers of its plan, dm-integrity, parts of a reencryption.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>

#include "activate/dm_uuid.h"
#include "activate/kernel.h"

namespace latchkey::activate {

inline constexpr std::string_view kHelperType = "SUBDEV";  // in their dm uuid, as the peer's

// Returns the number (major, minor) of the device that a table's line names; nothing if it names none.
[[nodiscard]] std::optional<std::pair<std::uint32_t, std::uint32_t>> device_below(
    const DmTarget& target);

// Returns whether `device` is a helper of the mapping with this name and uuid.
[[nodiscard]] bool is_helper(const BlockFacts& device, const DmUuid& of, std::string_view name);

}  // namespace latchkey::activate
