// SPDX-License-Identifier: LGPL-2.1-or-later
// The interface of include/latchkey/block_device.h, under the names that the layers use.
#pragma once

#include "base/bytes.h"
#include "latchkey/block_device.h"
#include "latchkey/sectors.h"

namespace latchkey::io {

using latchkey::BlockDevice;
using latchkey::kSectorSize;
using latchkey::LockWait;
using Topology = latchkey::DeviceTopology;

}  // namespace latchkey::io
