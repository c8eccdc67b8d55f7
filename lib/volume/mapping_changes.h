// SPDX-License-Identifier: LGPL-2.1-or-later
// What is asked before an active mapping is changed under its users.
#pragma once

#include <cstdint>

#include "activate/backend.h"

namespace latchkey::mapping {

// Busy if `wanted_sectors` (512 bytes; 0 = all there is) is less than the mapping has, somebody uses it, and what is on
// it reaches further: he would lose what is behind the new end.  Waits up to a second for udev's looks to end.
[[nodiscard]] Result<void> check_shrink(Context& context, activate::Backend& backend,
                                        std::string_view name, std::uint64_t wanted_sectors);

// InvalidArgument if `key` is not the key of a mapping whose own cannot be had, as it is in the kernel's keyring: the
// mapping shows what another key would not make of the device.  What cannot be compared here passes.
[[nodiscard]] Result<void> check_key(Context& context, const MappingInfo& info,
                                     const VolumeKey& key);

}  // namespace latchkey::mapping
