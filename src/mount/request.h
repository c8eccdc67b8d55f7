// SPDX-License-Identifier: GPL-2.0-or-later
// Parses the command lines that mount(8) and umount(8) give to their helpers.  Pure.
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
    crypttab::Meaning volume = {};  // its name is "" if the command line gives none
    std::string directory = {};
    std::string file_system = {};  // "" = what mount finds
    std::string options = {};      // for the mount of the plaintext
    bool fake = false;             // -f
    bool sloppy = false;           // -s, for that mount
    bool no_table = false;         // -n: mount leaves no notes for umount
    bool verbose = false;          // -v
    bool swap = false;             // swapon, not mount
    bool check = false;            // run fsck before mounting
};
// InvalidArgument names the word that is wrong.
[[nodiscard]] Result<MountRequest> parse_mount(std::span<const char* const> words);

// umount.crypto_LUKS DIR [-flnrv] [-N NAMESPACE] [-t TYPE]
struct UnmountRequest {
    std::string target = {};              // a folder or a device
    std::vector<std::string> flags = {};  // passed to umount(8)
    bool lazy = false;                    // -l is one of them
};
[[nodiscard]] Result<UnmountRequest> parse_unmount(std::span<const char* const> words);

// Returns the device that was mounted last at `target`, by the text of /proc/self/mountinfo; "" if nothing is mounted
// there.  `target` is a folder without links, or the device itself.
[[nodiscard]] std::string mounted_device(std::string_view mountinfo, std::string_view target);
// Returns whether the device is mounted anywhere.
[[nodiscard]] bool is_mounted(std::string_view mountinfo, std::string_view device);

// Makes a name for a mapping of any text, with only the characters that device-mapper and udev do not escape.
[[nodiscard]] std::string mapping_name(std::string_view text);

}  // namespace latchkey::cli
