// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <string>
#include <vector>

#include "latchkey/error.h"
#include "model/mapping_plan.h"

namespace latchkey::model {

// The table that `dmsetup create` reads, one line a segment, each ended by '\n'.  The key field is the keyring's
// description where the plan has one, else zeros: no secret is in it.  `device_bytes` is the size of the data device.
// DeviceTooSmall if it ends before the data begin or before a segment's fixed end; InvalidArgument if what
// is left is no whole number of encryption sectors.
[[nodiscard]] Result<std::string> crypt_table(const MappingPlan& plan, const std::string& device,
                                              std::uint64_t device_bytes);

}  // namespace latchkey::model
