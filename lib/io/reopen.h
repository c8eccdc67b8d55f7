// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <string>

#include "base/unique_fd.h"

namespace latchkey::io {

// Opens what `fd` refers to a second time, independently, even if `path` has been replaced meanwhile.  The result is
// invalid, with errno set, if that fails.  Adds O_CLOEXEC to `flags`.
[[nodiscard]] UniqueFd reopen(int fd, const std::string& path, int flags);

}  // namespace latchkey::io
