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

enum class IfMissing : bool { Fail, Make };

// Opens a folder of this user's alone, for its name (O_PATH): nothing on the way to it is a link, or can be replaced by
// somebody else; nobody else could have made it, as in /tmp; it belongs to this user and has mode 0700.  NotFound if it,
// or the way to it, is not there; Refused tells which part is whose; AccessDenied if it cannot be made.
[[nodiscard]] Result<UniqueFd> open_private_folder(const std::string& path,
                                                   IfMissing if_missing = IfMissing::Fail);

}  // namespace latchkey::io
