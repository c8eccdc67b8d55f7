// SPDX-License-Identifier: GPL-2.0-or-later
// The command line that mount(8) gives to its helpers, as a volume to open and what is to be mounted then.  Pure.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "latchkey/crypttab.h"
#include "latchkey/error.h"

namespace latchkey::cli {

// mount.crypto_LUKS SOURCE DIR [-sfnv] [-N NAMESPACE] [-o OPTIONS] [-t TYPE]
struct MountRequest {
    crypttab::Volume volume = {};  // its name is "" where the command line gives none
    std::string directory = {};
    std::string file_system = {};  // "" = what mount finds
    std::string options = {};      // for the mount of the plaintext
    bool fake = false;             // -f
    bool sloppy = false;           // -s, for that mount
    bool no_table = false;         // -n: nothing is noted that umount could read
    bool verbose = false;          // -v
    bool swap = false;             // swapped on, not mounted
    bool check = false;            // fsck looks at the plaintext before
};
// InvalidArgument names the word that is wrong.
[[nodiscard]] Result<MountRequest> parse_mount(std::span<const char* const> words);

// umount.crypto_LUKS DIR [-flnrv] [-N NAMESPACE] [-t TYPE]
struct UnmountRequest {
    std::string target = {};              // a folder or a device
    std::vector<std::string> flags = {};  // for umount, whose they are
    bool lazy = false;                    // -l is one of them
};
[[nodiscard]] Result<UnmountRequest> parse_unmount(std::span<const char* const> words);

// The device that is mounted there last, out of the text of /proc/self/mountinfo; "" = nothing.  `target` is a folder
// without links, or the device itself.
[[nodiscard]] std::string mounted_device(std::string_view mountinfo, std::string_view target);
// Whether anything has that device mounted.
[[nodiscard]] bool is_mounted(std::string_view mountinfo, std::string_view device);

// A name for a mapping out of any text: what device-mapper and udev take in names without escaping.
[[nodiscard]] std::string mapping_name(std::string_view text);

}  // namespace latchkey::cli
