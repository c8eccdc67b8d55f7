// SPDX-License-Identifier: LGPL-2.1-or-later
// Functions that only LUKS2 has and Volume has not: bindings of keys, requirements.
#pragma once

#include "capi/device.h"
#include "luks2/loaded_header.h"

namespace latchkey::capi {

// Works as change_volume(), with the header itself.
[[nodiscard]] Result<int> change_luks2(crypt_device& cd,
                                       const std::function<Result<int>(luks2::Header&)>& verb);

}  // namespace latchkey::capi
