// SPDX-License-Identifier: LGPL-2.1-or-later
// The kernel's list of mounts.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "latchkey/error.h"

namespace latchkey {

// One line of /proc/self/mountinfo (proc(5)).
struct Mount {
    std::string device = {};   // its number, "254:0"
    std::string root = {};     // the folder of the file system that is mounted
    std::string folder = {};   // where it is mounted
    std::string type = {};     // "ext4"
    std::string source = {};   // what was mounted, often a path; "" if the line has none
    std::string options = {};  // of the file system: "rw,memory"
};

// Returns the mounts in the text of /proc/self/mountinfo, in its order: of mounts on one folder the last one is seen.
// Names have their blanks, newlines and backslashes.  Lines that are not complete are left out.
[[nodiscard]] LATCHKEY_API std::vector<Mount> mounts_in(std::string_view mountinfo);

}  // namespace latchkey
