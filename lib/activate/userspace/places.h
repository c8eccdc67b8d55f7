// SPDX-License-Identifier: LGPL-2.1-or-later
// Where volumes that are served in userspace appear, by name and user.
#pragma once

#include <string>
#include <string_view>

#include "latchkey/error.h"

namespace latchkey::userspace {

struct Places {
    std::string folder = {};   // "/run/latchkey", or "latchkey" in the user's runtime directory
    std::string file = {};     // FOLDER/NAME: the plaintext
    std::string control = {};  // FOLDER/.NAME.control: the socket
    std::string node = {};     // "/dev/mapper/NAME" for root, "" for others
};

// InvalidArgument for a name that is no file name or begins with '.', or that makes a path too long for a socket.
[[nodiscard]] Result<Places> places_for(std::string_view name);
// Makes the folder, mode 0700; AccessDenied if it is there and somebody else's.
[[nodiscard]] Result<void> make_folder(const std::string& folder);

}  // namespace latchkey::userspace
