// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <string>

#include "base/unique_fd.h"

namespace latchkey::io {

// A second, independent open of what `fd` refers to, even if `path` has been replaced meanwhile.  Invalid, with
// errno set, if that cannot be had.  O_CLOEXEC is added to `flags`.
[[nodiscard]] UniqueFd reopen(int fd, const std::string& path, int flags);

}  // namespace latchkey::io
