// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "latchkey/stream.h"

namespace latchkey::stream {

// How many bytes the range has on the device.  DeviceTooSmall.
[[nodiscard]] Result<std::uint64_t> length_within(const Device& device, const Range& range);

}  // namespace latchkey::stream
