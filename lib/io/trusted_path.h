// SPDX-License-Identifier: LGPL-2.1-or-later
// Paths that no other user can turn to something of his own.
#pragma once

#include <sys/stat.h>

#include <string>

#include "base/unique_fd.h"
#include "latchkey/error.h"

namespace latchkey::io {

// Whether it belongs to root, to this user or to whoever "/" belongs to (in a user namespace root may have no number),
// and nobody else may write to it.
[[nodiscard]] bool only_trusted_write(const struct stat& status);

// Opens a folder of this user's alone, for its name (O_PATH): nothing on the way to it is a link, or can be replaced by
// somebody else; it belongs to this user and has mode 0700.  NotFound if it is not there; Refused tells which part is
// whose.
[[nodiscard]] Result<UniqueFd> open_private_folder(const std::string& path);

}  // namespace latchkey::io
