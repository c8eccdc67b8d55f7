// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "latchkey/context.h"
#include "latchkey/error.h"
#include "latchkey/params.h"

namespace latchkey::volume {

// Returns the parameters with type, cipher, key size and hash filled in, and checked against the lists of the library,
// against each other, and by the format.
[[nodiscard]] Result<FormatParams> complete_format_params(Context& context, FormatParams params);

}  // namespace latchkey::volume
