// SPDX-License-Identifier: LGPL-2.1-or-later
#include "io/trusted_path.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <string_view>

namespace latchkey::io {
namespace {

constexpr int kForItsName = O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
constexpr unsigned kOthersWrite = S_IWGRP | S_IWOTH;
constexpr unsigned kAllModes = S_IRWXU | S_IRWXG | S_IRWXO;

bool trusted_owner(uid_t owner) {
    struct stat root {};
    return owner == 0 || owner == ::geteuid() || (::stat("/", &root) == 0 && owner == root.st_uid);
}

Error not_opened(const std::string& path) {
    const Errc code = errno == ENOENT ? Errc::NotFound : Errc::Refused;
    return fail(code, "%s: %s", path.c_str(), std::strerror(errno));
}

// Checks a folder on the way: no other user may replace what is in it.  `holds_end`: the folder contains the last part of
// the path, which no other user may make first either.
Result<void> check_way(const std::string& path, const struct stat& status, bool holds_end) {
    if (!trusted_owner(status.st_uid))
        return fail(Errc::Refused, "%s belongs to user %u, neither to user %u nor to root",
                    path.c_str(), status.st_uid, ::geteuid());
    // In a sticky folder only the owner of an entry can rename it, but any user can make one.
    const bool stays = (status.st_mode & S_ISVTX) != 0 && !holds_end;
    if ((status.st_mode & kOthersWrite) != 0 && !stays)
        return fail(Errc::Refused, "others may write to %s (mode %04o)", path.c_str(),
                    status.st_mode & (kAllModes | S_ISVTX));
    return {};
}

Result<void> check_end(const std::string& path, const struct stat& status) {
    if (status.st_uid != ::geteuid())
        return fail(Errc::Refused, "%s belongs to user %u, not to user %u", path.c_str(),
                    status.st_uid, ::geteuid());
    if ((status.st_mode & kAllModes) != S_IRWXU)
        return fail(Errc::Refused, "%s has mode %04o, not 0700", path.c_str(),
                    status.st_mode & kAllModes);
    return {};
}

}  // namespace

bool only_trusted_write(const struct stat& status) {
    return trusted_owner(status.st_uid) && (status.st_mode & kOthersWrite) == 0;
}

Result<UniqueFd> open_private_folder(const std::string& path, IfMissing if_missing) {
    std::string walked = "/";
    UniqueFd here(::open("/", kForItsName));
    for (std::string_view rest = path;;) {
        struct stat status {};
        if (!here.valid() || ::fstat(here.get(), &status) != 0) return not_opened(walked);
        rest.remove_prefix(std::min(rest.find_first_not_of('/'), rest.size()));
        if (rest.empty()) {
            LK_TRY(check_end(walked, status));
            return here;
        }
        const std::string part(rest.substr(0, rest.find('/')));
        rest.remove_prefix(part.size());
        const bool holds_end = rest.find_first_not_of('/') == std::string_view::npos;
        LK_TRY(check_way(walked, status, holds_end));
        if (walked.size() > 1) walked += '/';
        walked += part;
        if (holds_end && if_missing == IfMissing::Make &&
            ::mkdirat(here.get(), part.c_str(), S_IRWXU) != 0 && errno != EEXIST)
            return fail(Errc::AccessDenied, "cannot make %s: %s", walked.c_str(),
                        std::strerror(errno));
        here = UniqueFd(::openat(here.get(), part.c_str(), kForItsName));
    }
}

}  // namespace latchkey::io
