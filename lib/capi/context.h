// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <memory>

#include "capi/device.h"

namespace latchkey::capi {

// Makes a context without a device, with its log connected.
[[nodiscard]] std::unique_ptr<crypt_device> new_device();

// Checks that `path` can be the device of a context.
[[nodiscard]] Result<void> check_device(const char* path);

}  // namespace latchkey::capi
