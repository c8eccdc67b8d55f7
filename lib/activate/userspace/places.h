// SPDX-License-Identifier: LGPL-2.1-or-later
// Where volumes that are served in userspace appear, by name and user.
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

// Who looks for folders, and with what in his environment (nullptr: not set).
struct User {
    unsigned number = 0;
    const char* runtime = nullptr;  // $XDG_RUNTIME_DIR
    const char* home = nullptr;     // $HOME
};
[[nodiscard]] User this_user();

// The folders that a user's volumes can be in, the one for new ones first.  Root: /run/latchkey.  Others: "latchkey" in
// $XDG_RUNTIME_DIR; or else in /run/user/UID, where that is; or else $HOME/.latchkey.  Nothing where others can make one.
[[nodiscard]] std::vector<std::string> possible_folders(const User& user);

// Where the name is now, or where it would be opened.  InvalidArgument for a name that is no file name or begins with '.',
// or that makes a path too long for a socket; AccessDenied if there is no folder.  The folder is not looked at: that is
// for make_folder and connect_to (packet.h).
[[nodiscard]] Result<Places> places_for(std::string_view name);
// Makes the folder, mode 0700.  Errors of io::open_private_folder, if it is there and somebody else's.
[[nodiscard]] Result<void> make_folder(const std::string& folder);
// Also what a process that died has left.
[[nodiscard]] bool anything_at(const std::string& path);

}  // namespace latchkey::userspace
