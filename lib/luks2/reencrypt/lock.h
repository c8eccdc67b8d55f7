// SPDX-License-Identifier: LGPL-2.1-or-later
// Ensures that one process at a time moves the data of a volume, and that no process maps them meanwhile.
#pragma once

#include <memory>

#include "io/block_device.h"
#include "latchkey/context.h"
#include "luks2/metadata.h"

namespace latchkey::luks2 {

// Keeps other reencryptions of the volume away, including the peer's.  A user who cannot create this lock keeps the
// header lock of `device` for the whole run instead: programs that respect locks then cannot read the header or
// continue the reencryption.  Locked.
[[nodiscard]] Result<std::unique_ptr<io::BlockDevice::Lock>> lock_reencryption(
    Context& context, io::BlockDevice& device, const Metadata& metadata);

// Returns Locked while another process holds that lock: what the header says about the data may be outdated as soon as
// it is read.  If the lock cannot be tried (no rights, no /run), this returns success.
[[nodiscard]] Result<void> check_not_moving(Context& context, const Metadata& metadata);

}  // namespace latchkey::luks2
