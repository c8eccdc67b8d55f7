// SPDX-License-Identifier: LGPL-2.1-or-later
// What a verb that destroys something decides upon is what is on the device now, and stays so.
#pragma once

#include <memory>

#include "formats/format.h"
#include "io/block_device.h"
#include "latchkey/context.h"
#include "latchkey/device.h"
#include "latchkey/error.h"

namespace latchkey::volume {

// The metadata lock; formats take it again inside.  Nothing where the policy wants no locks.
[[nodiscard]] Result<std::unique_ptr<io::BlockDevice::Lock>> lock_exclusively(Context& context,
                                                                              const Device& device);

// The lock, and the header as it is under it: two programs that each remove "not the last" keyslot
// must not remove both.
struct Exclusive {
    std::unique_ptr<io::BlockDevice::Lock> lock;
    std::unique_ptr<formats::LoadedHeader> current;
    std::shared_ptr<const void> held;  // `known` works on `current` while this lives
};

// AccessDenied for a device that is read only; ConcurrentChange if another volume is there by now.
[[nodiscard]] Result<Exclusive> take_exclusive(Context& context, const Device& device,
                                               formats::LoadedHeader& known);

}  // namespace latchkey::volume
