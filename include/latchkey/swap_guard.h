// SPDX-License-Identifier: LGPL-2.1-or-later
// Before a device is given a random key: what is on it is lost with the first write, and a name like /dev/sdb2 may
// be another disk after the next boot.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "latchkey/device.h"
#include "latchkey/error.h"
#include "latchkey/mapping_plan.h"
#include "latchkey/secret.h"

namespace latchkey {

// Whether a device may be mapped with a random key and become swap.  To be asked each time, with the raw device
// (not its plaintext), before mapping::activate():
//
//   LK_TRY(check_swap_target(device, args.get(opt::expect_signature).value_or("")));
//
// Nothing, or swap alone, is let through.  Anything else is refused, unless `expected` names it as libblkid does
// ("ext2": a small file system at the front keeps the device's UUID).  Then it must be there, and alone: a device
// without it is another one.  "none" demands that there is nothing.  An image of hibernation ("swsuspend") is not swap.
// Refused: names the device and all that is there.  Errors of reading it.
[[nodiscard]] LATCHKEY_API Result<void> check_swap_target(const Device& device,
                                                          std::string_view expected = {});

// The same for whoever is about to map or write `device` with a random key as `plan` has it.  An ext2, ext3 or ext4
// that ends before the plan's data begin is no obstacle: it gives the device a UUID.
[[nodiscard]] LATCHKEY_API Result<void> check_random_key_target(const Device& device,
                                                                const MappingPlan& plan,
                                                                std::string_view expected = {});
// That, if `key` is random and no header's.  mapping::activate() and open_crypt_device() ask it themselves.
[[nodiscard]] LATCHKEY_API Result<void> check_key_for_device(const VolumeKey& key,
                                                             const MappingPlan& plan,
                                                             const Device& device,
                                                             std::string_view expected = {});
// Whether that ext2, ext3 or ext4 is what the device carries: then its name, which is to be expected there, else "".
[[nodiscard]] LATCHKEY_API Result<std::string> label_before(const Device& device,
                                                            const std::vector<Signature>& found,
                                                            std::uint64_t offset_sectors);

// The decision alone, for what is on `device`.
[[nodiscard]] LATCHKEY_API Result<void> decide_swap_target(const std::string& device,
                                                           const std::vector<Signature>& found,
                                                           std::string_view expected);

}  // namespace latchkey
