// SPDX-License-Identifier: LGPL-2.1-or-later
// Checks before a device gets a random key: the first write destroys its content, and a name like /dev/sdb2 may be
// another disk after the next boot.
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

// Checks that a device may be mapped with a random key and become swap.  Call it each time, with the raw device (not
// its plaintext), before mapping::activate():
//
//   LK_TRY(check_swap_target(device, args.get(opt::expect_signature).value_or("")));
//
// An empty device and one with only swap are accepted.  Any other content is refused, unless `expected` names it as
// libblkid does ("ext2": a small file system at the front keeps the device's UUID).  In that case this content must
// be there, and nothing else: a device without it is a different one.  "none" requires an empty device.  A
// hibernation image ("swsuspend") is not swap.
// Refused: names the device and its whole content.  Errors of reading the device are returned.
[[nodiscard]] LATCHKEY_API Result<void> check_swap_target(const Device& device,
                                                          std::string_view expected = {});

// Does the same for a caller that is about to map or write `device` with a random key according to `plan`.  An ext2,
// ext3 or ext4 that ends before the plan's data begin is accepted: it gives the device a UUID.
[[nodiscard]] LATCHKEY_API Result<void> check_random_key_target(const Device& device,
                                                                const MappingPlan& plan,
                                                                std::string_view expected = {});
// Calls check_random_key_target() if `key` is random and not from a header.  mapping::activate() and
// open_crypt_device() call this themselves.
[[nodiscard]] LATCHKEY_API Result<void> check_key_for_device(const VolumeKey& key,
                                                             const MappingPlan& plan,
                                                             const Device& device,
                                                             std::string_view expected = {});
// Returns the name of that ext2, ext3 or ext4 if the device carries it, which is then the expected content; else "".
[[nodiscard]] LATCHKEY_API Result<std::string> label_before(const Device& device,
                                                            const std::vector<Signature>& found,
                                                            std::uint64_t offset_sectors);

// Makes the decision only, for what was found on `device`.
[[nodiscard]] LATCHKEY_API Result<void> decide_swap_target(const std::string& device,
                                                           const std::vector<Signature>& found,
                                                           std::string_view expected);

}  // namespace latchkey
