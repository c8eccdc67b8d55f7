// SPDX-License-Identifier: LGPL-2.1-or-later
// Converts CRYPT_ACTIVATE_* to options, and the state of a mapping to CRYPT_ACTIVATE_*.
#pragma once

#include <cstdint>

#include "capi/device.h"
#include "latchkey/mapping.h"

namespace latchkey::capi {

// Ignores flags without a meaning for dm-crypt, as the peer does.
[[nodiscard]] ActivateOptions activate_options(const crypt_device& cd, std::uint32_t flags);
[[nodiscard]] std::uint32_t flags_of(const MappingInfo& info);

}  // namespace latchkey::capi
