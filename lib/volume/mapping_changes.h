// SPDX-License-Identifier: LGPL-2.1-or-later
// Checks before an active mapping is changed while it is in use.
#pragma once

#include <cstdint>
#include <memory>

#include "activate/backend.h"
#include "latchkey/volume.h"

namespace latchkey::mapping {

// Busy if `wanted_sectors` (512 bytes; 0 = the whole device) is smaller than the mapping, the mapping is in use, and
// its data extend beyond the new end, where they would be lost.  Waits up to a second for udev to close the device.
[[nodiscard]] Result<void> check_shrink(Context& context, activate::Backend& backend,
                                        std::string_view name, std::uint64_t wanted_sectors);

// InvalidArgument if `key` is not the key of a mapping whose key is in the kernel's keyring and cannot be read.
// Compares the mapping's plaintext with what `key` makes of the device.  Succeeds if nothing can be compared.
[[nodiscard]] Result<void> check_key(Context& context, const MappingInfo& info,
                                     const VolumeKey& key);

// The users of the data of an open mapping, and the back end that has it.
struct OpenMapping {
    std::unique_ptr<activate::Backend> backend;
    std::unique_ptr<model::DataUsers> users;  // refers to `backend`
};
// NoDevice if no mapping has the name, NotSupported if its data cannot be reencrypted while it is open.
[[nodiscard]] Result<OpenMapping> open_mapping(Context& context, const Volume& volume,
                                               const Device& data, std::string_view name);

}  // namespace latchkey::mapping
