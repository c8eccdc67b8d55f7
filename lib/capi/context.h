// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <memory>

#include "capi/device.h"

namespace latchkey::capi {

// A context for nothing yet, with its log connected.
[[nodiscard]] std::unique_ptr<crypt_device> new_device();

// 0 if `path` can be the device of a context; else a negative errno, told of in the log of `cd`, or the default one.
[[nodiscard]] int check_device(const crypt_device* cd, const char* path);

}  // namespace latchkey::capi
