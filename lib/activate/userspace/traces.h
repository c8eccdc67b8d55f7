// SPDX-License-Identifier: LGPL-2.1-or-later
// What a served volume leaves in the system, and what takes it away.
#pragma once

#include "activate/userspace/places.h"

namespace latchkey::userspace {

// The node and its loop device, the mount, the file, the socket; what is not there is none of its business.
void remove_traces(const Places& places);

}  // namespace latchkey::userspace
