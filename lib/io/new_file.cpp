// SPDX-License-Identifier: LGPL-2.1-or-later
#include "latchkey/new_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "base/i18n.h"
#include "base/strprintf.h"
#include "base/unique_fd.h"
#include "io/file_device.h"
#include "io/full_transfer.h"
#include "io/new_file.h"

namespace latchkey {
namespace io {

Error file_error(const char* verb, const std::string& path, int error) {
    Errc code = Errc::Io;
    if (error == EEXIST) code = Errc::Exists;
    if (error == EACCES || error == EPERM || error == EROFS) code = Errc::AccessDenied;
    if (error == ENOSPC || error == EDQUOT) code = Errc::DeviceFull;
    if (error == ENOENT || error == ENOTDIR) code = Errc::NoDevice;
    return fail(code, "cannot %s %s: %s", verb, path.c_str(), std::strerror(error));
}

Result<void> check_name_is_free(const std::string& path) {
    struct stat status;
    if (::lstat(path.c_str(), &status) == 0)
        return fail(Errc::Exists, "%s exists already", path.c_str());
    return {};
}

void give_mode(int fd, mode_t mode) {
    // Some file systems cannot change the mode; the mode that open() gave is not wider.
    (void)::fchmod(fd, mode);
}

int create_named(const std::string& path, mode_t mode) {
    const int fd = ::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, mode);
    if (fd >= 0) give_mode(fd, mode);
    return fd;
}

std::string directory_of(const std::string& path) {
    const std::size_t slash = path.rfind('/');
    if (slash == std::string::npos) return ".";
    return slash == 0 ? "/" : path.substr(0, slash);
}

Result<void> flush_directory_of(const std::string& path) {
    const std::string directory = directory_of(path);
    const UniqueFd fd(::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!fd.valid() || (::fsync(fd.get()) != 0 && errno != EINVAL))
        return file_error("flush directory", directory, errno);
    return {};
}

}  // namespace io

NewFile::NewFile(int fd, std::string path, bool named)
    : fd_(fd), path_(std::move(path)), named_(named) {}

NewFile::NewFile(NewFile&& from) noexcept
    : fd_(std::exchange(from.fd_, -1)),
      path_(std::move(from.path_)),
      named_(from.named_),
      kept_(from.kept_) {}

NewFile::~NewFile() {
    if (fd_ < 0) return;
    ::close(fd_);
    if (named_ && !kept_) (void)::unlink(path_.c_str());
}

Result<NewFile> NewFile::create(std::string path, mode_t mode) {
    if (!io::check_name_is_free(path)) return io::file_error("create", path, EEXIST);
    // An unnamed file gets its name through /proc.
    if (::access("/proc/self/fd", X_OK) == 0) {
        const int fd = ::open(io::directory_of(path).c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, mode);
        if (fd >= 0) {
            io::give_mode(fd, mode);
            return NewFile(fd, std::move(path), false);
        }
    }
    const int fd = io::create_named(path, mode);
    if (fd < 0) return io::file_error("create", path, errno);
    return NewFile(fd, std::move(path), true);
}

Result<Device> NewFile::device(std::uint64_t size) const {
    UniqueFd own(::fcntl(fd_, F_DUPFD_CLOEXEC, 0));
    if (!own.valid()) return io::file_error("open", path_, errno);
    LK_ASSIGN(auto device, io::FileDevice::adopt(std::move(own), path_, false, false));
    LK_TRY(device->grow(size));
    return Device(std::move(device));
}

int write_all(int descriptor, std::span<const std::byte> bytes) {
    const auto step = [descriptor](const std::byte* data, std::size_t length, off_t) {
        return ::write(descriptor, data, length);
    };
    const io::Transferred written = io::transfer_all(step, bytes, 0);
    if (written.error != 0 || written.bytes == bytes.size()) return written.error;
    return EIO;  // the device takes nothing and names no reason
}

Result<void> NewFile::keep() {
    if (::fsync(fd_) != 0 && errno != EINVAL) return io::file_error("write", path_, errno);
    if (!named_) {
        const std::string self = "/proc/self/fd/" + std::to_string(fd_);
        if (::linkat(AT_FDCWD, self.c_str(), AT_FDCWD, path_.c_str(), AT_SYMLINK_FOLLOW) != 0)
            return io::file_error("create", path_, errno);
    }
    kept_ = true;
    auto flushed = io::flush_directory_of(path_);
    if (flushed) return flushed;
    return std::move(flushed).error().within(strprintf(
        translate("%s is complete, but a power failure may still remove it"), path_.c_str()));
}

}  // namespace latchkey
