// SPDX-License-Identifier: LGPL-2.1-or-later
// Checks what is at a mapping's place under /dev/mapper.  Neither libdevmapper nor udev replaces a file there, and both
// continue silently: plaintext would be written to it.
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>

#include "activate/devmapper/system_device_mapper.h"
#include "base/i18n.h"
#include "base/strprintf.h"
#include "latchkey/ascii.h"

namespace latchkey::activate {
namespace {

const char* kind_of(mode_t mode) {
    if (S_ISREG(mode)) return translate(N_("a regular file"));
    if (S_ISLNK(mode)) return translate(N_("a symbolic link"));
    if (S_ISDIR(mode)) return translate(N_("a directory"));
    if (S_ISBLK(mode)) return translate(N_("another block device"));
    return translate(N_("a special file"));
}

// Recognizes udev's links, like "../dm-3".  A link may belong to a mapping that is gone or going; udev makes it anew,
// and check_node() checks it.
bool is_of_udev(const std::string& path) {
    std::array<char, 64> target{};
    const ssize_t length = ::readlink(path.c_str(), target.data(), target.size());
    if (length <= 0 || static_cast<std::size_t>(length) == target.size()) return false;
    const std::string_view text(target.data(), static_cast<std::size_t>(length));
    return text.starts_with("../dm-") || text.starts_with("/dev/dm-");
}

// Returns whether a character stays as it is.  The library escapes all others in names ("a b" becomes "a\\x20b"), as
// udev does (dmsetup(8), --manglename).
bool is_plain(char c) {
    constexpr std::string_view kOthers = "#+-.:=@_";
    return is_letter_or_digit(c) || kOthers.find(c) != std::string_view::npos;
}

std::string node_path(std::string_view name) {
    std::string path = std::string(dm_dir()) + "/";
    const dm_string_mangling_t mode = dm_get_name_mangling_mode();
    const bool is_mangled =
        mode == DM_STRING_MANGLING_AUTO && name.find("\\x") != std::string_view::npos;
    if (mode == DM_STRING_MANGLING_NONE || is_mangled) return path.append(name);
    for (const char c : name) {
        if (is_plain(c))
            path += c;
        else
            path += strprintf("\\x%02x", static_cast<unsigned>(static_cast<unsigned char>(c)));
    }
    return path;
}

Error in_the_way(std::string_view name, const std::string& path, mode_t mode) {
    return fail(Errc::InTheWay,
                "in the place of device %s is %s, to which its plaintext would be written: %s",
                std::string(name).c_str(), kind_of(mode), path.c_str());
}

}  // namespace

Result<void> SystemDeviceMapper::check_place(std::string_view name) {
    const DmSession session(context_);
    const std::string path = node_path(name);
    struct stat status {};
    if (::lstat(path.c_str(), &status) != 0) return {};
    // A block device without a mapping is a leftover node, which is replaced.
    if (S_ISBLK(status.st_mode) || (S_ISLNK(status.st_mode) && is_of_udev(path))) return {};
    return in_the_way(name, path, status.st_mode);
}

Result<void> SystemDeviceMapper::check_node(std::string_view name, const DmInfo& info) {
    const DmSession session(context_);
    const std::string path = node_path(name);
    struct stat status {};
    if (::stat(path.c_str(), &status) != 0 && ::lstat(path.c_str(), &status) != 0)
        return fail(Errc::InTheWay, "device %s was made, but %s is not there: %s",
                    std::string(name).c_str(), path.c_str(), std::strerror(errno));
    const bool right = S_ISBLK(status.st_mode) && gnu_dev_major(status.st_rdev) == info.major &&
                       gnu_dev_minor(status.st_rdev) == info.minor;
    if (right) return {};
    return in_the_way(name, path, status.st_mode);
}

}  // namespace latchkey::activate
