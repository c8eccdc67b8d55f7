// SPDX-License-Identifier: LGPL-2.1-or-later
#include "io/random_source.h"

#include <fcntl.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <climits>
#include <string>
#include <string_view>

#include "base/strprintf.h"
#include "base/unique_fd.h"
#include "latchkey/keyfile.h"

namespace latchkey::io {
namespace {

struct CharacterDevice {
    unsigned major;
    unsigned minor;
};
// Numbers that Linux assigns permanently: random, urandom, hwrng.
constexpr CharacterDevice kRandomDevices[] = {{1, 8}, {1, 9}, {10, 183}};
// Drivers whose number differs at each boot, by name: the random generators of s390's processor.
constexpr std::string_view kRandomDrivers[] = {"prandom", "trng"};
constexpr unsigned kMiscMajor = 10;
// Files that give other bytes at each read.
constexpr const char* kRandomFiles[] = {"/proc/sys/kernel/random/uuid"};

std::string driver_of(unsigned major, unsigned minor) {
    std::array<char, PATH_MAX> target{};
    const std::string link = strprintf("/sys/dev/char/%u:%u", major, minor);
    const ssize_t length = ::readlink(link.c_str(), target.data(), target.size());
    const std::string_view path(target.data(),
                                static_cast<std::size_t>(std::max<ssize_t>(length, 0)));
    return std::string(path.substr(path.rfind('/') + 1));
}

bool is_same_file(const struct stat& status, const char* path) {
    struct stat other {};
    return ::stat(path, &other) == 0 && other.st_dev == status.st_dev &&
           other.st_ino == status.st_ino;
}

}  // namespace

bool is_random_source(const struct stat& status) {
    if (S_ISREG(status.st_mode))
        return std::ranges::any_of(kRandomFiles,
                                   [&](const char* path) { return is_same_file(status, path); });
    if (!S_ISCHR(status.st_mode)) return false;
    const unsigned major = gnu_dev_major(status.st_rdev);
    const unsigned minor = gnu_dev_minor(status.st_rdev);
    const auto is_it = [&](const CharacterDevice& one) {
        return one.major == major && one.minor == minor;
    };
    if (std::ranges::any_of(kRandomDevices, is_it)) return true;
    return major == kMiscMajor &&
           std::ranges::find(kRandomDrivers, driver_of(major, minor)) != std::end(kRandomDrivers);
}

}  // namespace latchkey::io

namespace latchkey {

// Opens with O_PATH, which opens no device and waits for no pipe.
bool gives_random_bytes(std::string_view path) {
    const UniqueFd fd(::open(std::string(path).c_str(), O_PATH | O_CLOEXEC));
    struct stat status {};
    return fd.valid() && ::fstat(fd.get(), &status) == 0 && io::is_random_source(status);
}

}  // namespace latchkey
