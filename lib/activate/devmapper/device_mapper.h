// SPDX-License-Identifier: LGPL-2.1-or-later
// DeviceMapper with libdevmapper.
#pragma once

#include <memory>

#include "activate/kernel.h"

namespace latchkey::activate {

[[nodiscard]] std::unique_ptr<DeviceMapper> system_device_mapper(Context& context);
[[nodiscard]] std::unique_ptr<LoopDevices> system_loop_devices();
[[nodiscard]] std::unique_ptr<BlockDevices> system_block_devices();

}  // namespace latchkey::activate
