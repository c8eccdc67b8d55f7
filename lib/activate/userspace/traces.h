// SPDX-License-Identifier: LGPL-2.1-or-later
// What a served volume leaves in the system, and whose turn it is to change that.
#pragma once

#include <memory>

#include "activate/userspace/places.h"
#include "io/block_device.h"

namespace latchkey::userspace {

// Waits until no other process opens or closes a volume of this name.  The folder of `places` must exist.  Without this
// turn, a late cleanup (by the keeper, or a second "close") removes the places of a volume opened since.  Locked,
// Interrupted: the wait ended; others: the lock could not be made.
[[nodiscard]] Result<std::unique_ptr<io::BlockDevice::Lock>> wait_for_turn(
    const Places& places, const io::LockWait& wait = {});

// Removes the node and its loop device, the mount, the file and the socket, as far as they exist.  The caller has the
// turn.
void remove_traces(const Places& places);

// Waits for the turn and removes the traces, unless a process serves a volume there: then they belong to that volume.
void remove_own_traces(const Places& places);

}  // namespace latchkey::userspace
