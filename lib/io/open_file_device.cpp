// SPDX-License-Identifier: LGPL-2.1-or-later
// Decides which file an argument names, and with what rights to open it.
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "base/i18n.h"
#include "base/scope_guard.h"
#include "io/aligned_buffer.h"
#include "io/claim.h"
#include "io/file_device.h"
#include "io/new_file.h"
#include "latchkey/ascii.h"

namespace latchkey::io {
namespace {

bool writing_refused(int error) {
    return error == EACCES || error == EPERM || error == EROFS;
}

// Reads one block to find out: O_DIRECT can be refused by open(), or only by the first transfer.
bool direct_works(int fd) {
    AlignedBuffer block(AlignedBuffer::kAlignment);
    ssize_t count = -1;
    do {
        count = ::pread(fd, block.bytes().data(), block.bytes().size(), 0);
    } while (count < 0 && errno == EINTR);
    return count >= 0 || errno != EINVAL;
}

struct Opened {
    UniqueFd fd;
    bool direct = false;
};

Opened open_with(const std::string& path, int flags, bool block_device) {
    if (block_device) {
        UniqueFd fd(::open(path.c_str(), flags | O_DIRECT));
        if (fd.valid() && direct_works(fd.get())) return {std::move(fd), true};
        if (!fd.valid() && errno != EINVAL) return {};
    }
    return {UniqueFd(::open(path.c_str(), flags)), false};
}

}  // namespace

Error cannot_open(const std::string& path, int error) {
    switch (error) {
        case EACCES:
        case EPERM:
        case EROFS:
            return fail(Errc::AccessDenied, "device %s does not exist or access denied",
                        path.c_str())
                .with_hint(std::strerror(error));
        case ENOENT:
        case ENOTDIR:
        case ELOOP:
        case ENAMETOOLONG:
            return fail(Errc::NoDevice, "device %s does not exist or access denied", path.c_str())
                .with_hint(std::strerror(error));
        case ENXIO:  // a device node with no device behind it
        case ENODEV:
        case ENOMEDIUM:
            return fail(Errc::NoDevice, "device %s is not compatible", path.c_str())
                .with_hint(std::strerror(error));
        case EBUSY:
            return fail(Errc::Busy, "cannot exclusively open %s, device in use", path.c_str());
        default:
            return fail(Errc::Unreadable, "cannot open device %s: %s", path.c_str(),
                        std::strerror(error));
    }
}

Result<std::string> resolve_path(std::string_view argument) {
    constexpr std::string_view kTag = "UUID=";
    if (argument.find('\0') != std::string_view::npos)
        return fail(Errc::InvalidArgument, "the name of a device has a NUL byte");
    if (!argument.starts_with(kTag)) return std::string(argument);
    std::string_view uuid = argument.substr(kTag.size());
    if (uuid.size() >= 2 && (uuid.front() == '"' || uuid.front() == '\'') &&
        uuid.back() == uuid.front())
        uuid = uuid.substr(1, uuid.size() - 2);
    // The UUID of a LUKS header or file system has no other characters; "/" could lead out of the folder.
    const bool good = !uuid.empty() &&
                      uuid.find_first_not_of("0123456789abcdefABCDEF-") == std::string_view::npos;
    if (!good) return cannot_open(std::string(argument), ENOENT);
    const std::string folder = "/dev/disk/by-uuid/";
    const std::string path = folder + std::string(uuid);
    // udev names LUKS and most file systems in lower case, and those of FAT and NTFS in upper case.
    if (::access(path.c_str(), F_OK) == 0) return path;
    return folder + lower_case(uuid);
}

Result<std::shared_ptr<BlockDevice>> open_file_device(std::string_view argument, Access access) {
    LK_ASSIGN(const std::string path, resolve_path(argument));
    // Checks the type before opening: opening a pipe would wait, opening a tape would wind it.
    struct stat status = {};
    if (::stat(path.c_str(), &status) != 0) return cannot_open(path, errno);
    const bool block_device = S_ISBLK(status.st_mode);
    if (!block_device && !S_ISREG(status.st_mode))
        return fail(Errc::NoDevice, "device %s is not compatible", path.c_str())
            .with_hint(translate(N_("it is neither a block device nor a regular file")));

    const int flags =
        O_CLOEXEC | O_NOCTTY | (block_device && access == Access::Exclusive ? O_EXCL : 0);
    bool read_only = access == Access::ReadOnly;
    Opened opened = open_with(path, flags | (read_only ? O_RDONLY : O_RDWR), block_device);
    if (!opened.fd.valid() && access == Access::ReadWrite && writing_refused(errno)) {
        read_only = true;
        opened = open_with(path, flags | O_RDONLY, block_device);
    }
    if (!opened.fd.valid()) return cannot_open(path, errno);
    LK_ASSIGN(auto device, FileDevice::adopt(std::move(opened.fd), path, read_only, opened.direct));
    if (access == Access::Exclusive) {
        LK_TRY(claim(device->descriptor(), path, Claim::Rewrite));
        LK_TRY(check_not_in_use(*device));
    }
    return std::shared_ptr<BlockDevice>(std::move(device));
}

Result<std::shared_ptr<BlockDevice>> create_file_device(std::string_view name, std::uint64_t size) {
    const std::string path(name);
    UniqueFd fd(create_named(path, 0600));
    if (!fd.valid() && errno == EEXIST)
        return fail(Errc::Exists, "file %s exists already", path.c_str());
    if (!fd.valid())
        return fail(writing_refused(errno) ? Errc::AccessDenied
                    : errno == ENOSPC      ? Errc::DeviceFull
                                           : Errc::Io,
                    "cannot create file %s: %s", path.c_str(), std::strerror(errno));
    ScopeGuard remove([&] { (void)::unlink(path.c_str()); });
    LK_ASSIGN(auto device, FileDevice::adopt(std::move(fd), path, false, false));
    LK_TRY(device->grow(size));
    LK_TRY(device->flush());
    LK_TRY(flush_directory_of(path));
    remove.dismiss();
    return std::shared_ptr<BlockDevice>(std::move(device));
}

}  // namespace latchkey::io
