// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <string>

#include "model/kdf_params.h"

namespace latchkey::crypto {

// Returns the name of the kernel (kernels/) that derives a key of `length` bytes on this machine; "" = a library does.
[[nodiscard]] std::string kernel_name(const model::KdfParams& params, std::size_t length);

}  // namespace latchkey::crypto
