// SPDX-License-Identifier: LGPL-2.1-or-later
// Paths of volumes that are served in userspace, by name and user.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "latchkey/error.h"

namespace latchkey::userspace {

struct Places {
    std::string folder = {};   // one of possible_folders()
    std::string file = {};     // FOLDER/NAME: the plaintext
    std::string control = {};  // FOLDER/.NAME.control: the socket
    std::string node = {};     // "/dev/mapper/NAME" for root, "" for others
};

// The user who looks for folders, and the variables of the user's environment (nullptr: not set).
struct User {
    unsigned number = 0;
    const char* runtime = nullptr;  // $XDG_RUNTIME_DIR
    const char* home = nullptr;     // $HOME
};
[[nodiscard]] User this_user();

// Returns the folders that a user's volumes can be in, the one for new volumes first.  Root: /run/latchkey.  Others:
// "latchkey" in $XDG_RUNTIME_DIR; or else in /run/user/UID, if that exists; or else $HOME/.latchkey.  Empty if none of
// them can exist.
[[nodiscard]] std::vector<std::string> possible_folders(const User& user);

// Returns where the name is now, or where it would be opened.  InvalidArgument for a name that is not a file name,
// begins with '.', or makes a path too long for a socket; AccessDenied if there is no folder.  Does not check the
// folder: make_folder and connect_to (packet.h) do.
[[nodiscard]] Result<Places> places_for(std::string_view name);
// Makes the folder, mode 0700.  Returns the errors of io::open_private_folder if it exists and belongs to another user.
[[nodiscard]] Result<void> make_folder(const std::string& folder);
// Returns whether anything is there, even what a dead process left.
[[nodiscard]] bool anything_at(const std::string& path);

}  // namespace latchkey::userspace
