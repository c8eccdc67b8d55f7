// SPDX-License-Identifier: LGPL-2.1-or-later
// Does what a request wants done with its new mapping: a check, swap, a file system.
#pragma once

#include "latchkey/context.h"
#include "latchkey/device.h"
#include "latchkey/open_request.h"

namespace latchkey::boot {

// Checks the new mapping and makes swap or a file system on it.  WrongPassphrase: the check failed.  Refused: swap or tmp=
// would overwrite what is found in the mapping or, if nothing is found there, on `data`, the device below it.  The mapping
// still exists after an error.
[[nodiscard]] Result<void> finish_mapping(Context& context, const OpenRequest& request,
                                          const Device& data,
                                          const std::vector<std::string>& environment);

}  // namespace latchkey::boot
