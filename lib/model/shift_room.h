// SPDX-License-Identifier: LGPL-2.1-or-later
// Room on a device whose data move to make room for a header.  Pure.
#pragma once

#include <cstdint>

#include "latchkey/error.h"

namespace latchkey::model {

// Returns the bytes of data that a device keeps if they move by `shift_bytes`.  Twice as much is lost at its end: the
// header takes one half, and the first bytes of the data wait in the other.  DeviceTooSmall, with the largest reduction
// that fits; InvalidArgument if the shift is not in whole pages.
[[nodiscard]] Result<std::uint64_t> bytes_after_shift(std::uint64_t device_bytes,
                                                      std::uint64_t shift_bytes);

}  // namespace latchkey::model
