// SPDX-License-Identifier: LGPL-2.1-or-later
// CRYPT_ACTIVATE_*: what they ask for, and what a mapping answers with.
#pragma once

#include <cstdint>

#include "capi/device.h"
#include "latchkey/mapping.h"

namespace latchkey::capi {

// Those without a meaning for dm-crypt are passed over, as the peer does.
[[nodiscard]] ActivateOptions activate_options(const crypt_device& cd, std::uint32_t flags);
[[nodiscard]] std::uint32_t flags_of(const MappingInfo& info);

}  // namespace latchkey::capi
