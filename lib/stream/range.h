// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "latchkey/stream.h"

namespace latchkey::stream {

// Returns the length of the range on the device in bytes.  DeviceTooSmall.
[[nodiscard]] Result<std::uint64_t> length_within(const Device& device, const Range& range);

}  // namespace latchkey::stream
