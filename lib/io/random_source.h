// SPDX-License-Identifier: LGPL-2.1-or-later
// What gives endless random bytes: a key that is read there nobody has twice.
#pragma once

#include <sys/stat.h>

namespace latchkey::io {

// By what fstat() says of the opened file, whatever its name is.  gives_random_bytes() of latchkey/keyfile.h asks the
// same of a path.
[[nodiscard]] bool is_random_source(const struct stat& status);

}  // namespace latchkey::io
