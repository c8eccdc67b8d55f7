// SPDX-License-Identifier: LGPL-2.1-or-later
// Removes what a served volume leaves in the system.
#pragma once

#include "activate/userspace/places.h"

namespace latchkey::userspace {

// Removes the node and its loop device, the mount, the file and the socket, as far as they exist.
void remove_traces(const Places& places);

}  // namespace latchkey::userspace
