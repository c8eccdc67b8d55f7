// SPDX-License-Identifier: LGPL-2.1-or-later
// The unit of on-disk and device-mapper offsets, whatever a device's own blocks and a volume's encryption sectors are.
#pragma once

#include <cstdint>

namespace latchkey {

inline constexpr std::uint64_t kSectorSize = 512;  // bytes

}  // namespace latchkey
