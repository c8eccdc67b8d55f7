// SPDX-License-Identifier: LGPL-2.1-or-later
// The unit of on-disk and device-mapper offsets.  It is independent of the device's block size and the encryption
// sector.
#pragma once

#include <cstdint>

namespace latchkey {

inline constexpr std::uint64_t kSectorSize = 512;  // bytes

}  // namespace latchkey
