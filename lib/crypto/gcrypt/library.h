// SPDX-License-Identifier: LGPL-2.1-or-later
// libgcrypt itself: made ready on first use, and its errors as ours.
#pragma once

#include <gcrypt.h>

#include "latchkey/error.h"

namespace latchkey::crypto {

// Call before the first use of libgcrypt on any path.  Cheap afterwards; safe from every thread.  Io where it could not
// open the files that it wants to read then: it would end the process.
[[nodiscard]] Result<void> require_gcrypt();

// `what` names the operation: "setting the key of aes-xts".  ENOMEM becomes OutOfMemory.
[[nodiscard]] Error gcrypt_failure(gcry_error_t error, const char* what);

}  // namespace latchkey::crypto
