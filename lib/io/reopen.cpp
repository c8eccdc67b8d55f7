// SPDX-License-Identifier: LGPL-2.1-or-later
#include "io/reopen.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <cerrno>

#include "io/identity.h"

namespace latchkey::io {

UniqueFd reopen(int fd, const std::string& path, int flags) {
    UniqueFd again(::open(("/proc/self/fd/" + std::to_string(fd)).c_str(), flags | O_CLOEXEC));
    if (again.valid() || errno != ENOENT) return again;
    // Without /proc, as early at boot, opens by path and checks that it is still the same file.
    again = UniqueFd(::open(path.c_str(), flags | O_CLOEXEC | O_NOCTTY));
    struct stat old_status = {};
    struct stat new_status = {};
    if (!again.valid() || ::fstat(fd, &old_status) != 0 || ::fstat(again.get(), &new_status) != 0)
        return {};
    const DeviceIdentity old_identity = identity_of(old_status);
    if (!old_identity.known() || old_identity != identity_of(new_status)) {
        errno = ESTALE;
        return {};
    }
    return again;
}

}  // namespace latchkey::io
