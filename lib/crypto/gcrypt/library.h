// SPDX-License-Identifier: LGPL-2.1-or-later
// Initializes libgcrypt on first use, and converts its errors.
#pragma once

#include <gcrypt.h>

#include "latchkey/error.h"

namespace latchkey::crypto {

// Call before the first use of libgcrypt on any path.  Later calls are cheap; thread-safe.  Io if libgcrypt could not
// open the files it reads at start: it would then end the process.
[[nodiscard]] Result<void> require_gcrypt();

// `what` names the operation: "setting the key of aes-xts".  ENOMEM becomes OutOfMemory.
[[nodiscard]] Error gcrypt_failure(gcry_error_t error, const char* what);

}  // namespace latchkey::crypto
