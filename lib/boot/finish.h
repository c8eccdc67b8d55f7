// SPDX-License-Identifier: LGPL-2.1-or-later
// What a request wants done with its new mapping: a check, swap, a file system.
#pragma once

#include "latchkey/context.h"
#include "latchkey/device.h"
#include "latchkey/open_request.h"

namespace latchkey::boot {

// WrongPassphrase: the check does not like what the mapping shows.  Refused: swap or tmp= would overwrite something
// that the mapping shows or, where it shows nothing, that `data`, the device below it, shows.  The mapping is still
// there after an error.
[[nodiscard]] Result<void> finish_mapping(Context& context, const OpenRequest& request,
                                          const Device& data,
                                          const std::vector<std::string>& environment);

}  // namespace latchkey::boot
