// SPDX-License-Identifier: LGPL-2.1-or-later
// One process moves the data of a volume at a time, and nobody maps them meanwhile.
#pragma once

#include <memory>

#include "io/block_device.h"
#include "latchkey/context.h"
#include "luks2/metadata.h"

namespace latchkey::luks2 {

// Keeps other reencryptions of the volume away, the peer's too.  A user who may make no such lock keeps the header's own,
// that of `device`, for the whole run: nobody who follows locks reads it, or goes on with it, meanwhile.  Locked.
[[nodiscard]] Result<std::unique_ptr<io::BlockDevice::Lock>> lock_reencryption(
    Context& context, io::BlockDevice& device, const Metadata& metadata);

// Returns Locked while another process holds that lock: what the header says of the data may be outdated as soon as it is
// read.  If the lock cannot be tried (no rights, no /run), this returns success.
[[nodiscard]] Result<void> check_not_moving(Context& context, const Metadata& metadata);

}  // namespace latchkey::luks2
