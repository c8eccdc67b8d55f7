// SPDX-License-Identifier: LGPL-2.1-or-later
// Makes the public plan available under the name that the layers use.
#pragma once

#include <cstdint>
#include <string>

#include "latchkey/error.h"
#include "latchkey/mapping_info.h"
#include "latchkey/mapping_plan.h"

namespace latchkey::model {

using latchkey::MappingPlan;
using latchkey::PlanSegment;

// What to do with bytes after the last whole encryption sector: dm-crypt refuses them, a reader can ignore them.
enum class Tail : std::uint8_t { Refused, LeftOut };

// Returns the length of a segment on a device of `device_sectors`, in 512-byte sectors: its own, or the rest of the device.
// The plan has `keys` keys.  DeviceTooSmall: the device ends before the data begin or end.  InvalidArgument: sector size
// or key does not exist, or length or IV offset are not a multiple of the sector size.
[[nodiscard]] Result<std::uint64_t> length_of(const PlanSegment& segment, std::size_t keys,
                                              const std::string& device,
                                              std::uint64_t device_sectors,
                                              Tail tail = Tail::Refused);

// Returns a plan to recreate an active mapping, as far as its table tells: one segment, no header, no flags.
[[nodiscard]] MappingPlan plan_of(const MappingInfo& info);

}  // namespace latchkey::model
