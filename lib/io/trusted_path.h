// SPDX-License-Identifier: LGPL-2.1-or-later
// Paths that no other user can redirect.
#pragma once

#include <sys/stat.h>

#include <string>

#include "base/unique_fd.h"
#include "latchkey/error.h"

namespace latchkey::io {

// Returns whether the file belongs to root, to this user or to the owner of "/" (in a user namespace root may have no
// number), and no other user may write to it.
[[nodiscard]] bool only_trusted_write(const struct stat& status);

enum class IfMissing : bool { Fail, Make };

// Opens a folder that only this user can use, by name (O_PATH).  It belongs to this user and has mode 0700; no part of
// the path is a link or can be replaced by another user, and no other user could have made the folder, as in /tmp.
// NotFound if the folder or a part of the path does not exist; Refused names the offending part and its owner;
// AccessDenied if the folder cannot be made.
[[nodiscard]] Result<UniqueFd> open_private_folder(const std::string& path,
                                                   IfMissing if_missing = IfMissing::Fail);

}  // namespace latchkey::io
