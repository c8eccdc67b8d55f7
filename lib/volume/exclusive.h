// SPDX-License-Identifier: LGPL-2.1-or-later
// For operations that destroy something: makes sure that they decide on what is on the device now, and that it stays.
#pragma once

#include <memory>

#include "formats/format.h"
#include "io/block_device.h"
#include "latchkey/context.h"
#include "latchkey/device.h"
#include "latchkey/error.h"

namespace latchkey::volume {

// Takes the metadata lock; formats take it again inside.  Returns an empty lock if policy disables locks.
[[nodiscard]] Result<formats::MetadataLock> lock_exclusively(Context& context,
                                                             const Device& device);

// The lock, and the header as read under it.  Without it, two programs that each remove "not the last" keyslot could
// remove both.
struct Exclusive {
    std::unique_ptr<formats::LoadedHeader> current;
    std::shared_ptr<const void> held;  // has the lock; `known` works on `current` while this lives
};

// Returns ConcurrentChange unless `now`, which was read from the device later, is a header of the same volume.
[[nodiscard]] Result<void> check_same_volume(const Device& device,
                                             const formats::LoadedHeader& known,
                                             const formats::LoadedHeader& now);

// AccessDenied if the device is read-only; ConcurrentChange if another volume is there now.
[[nodiscard]] Result<Exclusive> take_exclusive(Context& context, const Device& device,
                                               formats::LoadedHeader& known);

}  // namespace latchkey::volume
