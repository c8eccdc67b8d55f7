// SPDX-License-Identifier: LGPL-2.1-or-later
#include "activate/userspace/places.h"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>

namespace latchkey::userspace {
namespace {

constexpr std::size_t kLongestSocketPath = 107;  // sockaddr_un, without its NUL
constexpr std::size_t kLongestName = 100;

std::string folder_of_user() {
    if (::geteuid() == 0) return "/run/latchkey";
    const char* runtime = std::getenv("XDG_RUNTIME_DIR");
    if (runtime != nullptr && runtime[0] == '/') return std::string(runtime) + "/latchkey";
    return "/tmp/latchkey-" + std::to_string(::geteuid());
}

}  // namespace

Result<Places> places_for(std::string_view name) {
    if (name.empty() || name.size() > kLongestName || name.front() == '.' ||
        name.find('/') != std::string_view::npos)
        return fail(Errc::InvalidArgument, "'%.*s' cannot be the name of a mapping",
                    static_cast<int>(name.size()), name.data());
    Places places{.folder = folder_of_user()};
    places.file = places.folder + "/" + std::string(name);
    places.control = places.folder + "/." + std::string(name) + ".control";
    if (::geteuid() == 0) places.node = "/dev/mapper/" + std::string(name);
    if (places.control.size() > kLongestSocketPath)
        return fail(Errc::InvalidArgument, "%s is too long for a socket", places.control.c_str());
    return places;
}

Result<void> make_folder(const std::string& folder) {
    if (::mkdir(folder.c_str(), S_IRWXU) != 0 && errno != EEXIST)
        return fail(Errc::AccessDenied, "cannot make %s: %s", folder.c_str(), std::strerror(errno));
    struct stat status {};
    if (::lstat(folder.c_str(), &status) != 0 || !S_ISDIR(status.st_mode) ||
        status.st_uid != ::geteuid() || (status.st_mode & (S_IWGRP | S_IWOTH)) != 0)
        return fail(Errc::AccessDenied, "%s is not a directory that only this user can write to",
                    folder.c_str());
    return {};
}

}  // namespace latchkey::userspace
