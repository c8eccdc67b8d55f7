// SPDX-License-Identifier: LGPL-2.1-or-later
// Recognizes sources of endless random bytes: a key read from one can never be read again.
#pragma once

#include <sys/stat.h>

namespace latchkey::io {

// Decides by fstat() of the opened file, whatever its name is.  gives_random_bytes() of latchkey/keyfile.h does the
// same for a path.
[[nodiscard]] bool is_random_source(const struct stat& status);

}  // namespace latchkey::io
