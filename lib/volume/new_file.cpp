// SPDX-License-Identifier: LGPL-2.1-or-later
#include "volume/new_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "base/scope_guard.h"
#include "base/unique_fd.h"
#include "io/full_transfer.h"

namespace latchkey::volume {
namespace {

Error file_error(const char* verb, const std::string& path, int error) {
    Errc code = Errc::Io;
    if (error == EEXIST) code = Errc::Exists;
    if (error == EACCES || error == EPERM || error == EROFS) code = Errc::AccessDenied;
    if (error == ENOSPC || error == EDQUOT) code = Errc::DeviceFull;
    if (error == ENOENT || error == ENOTDIR) code = Errc::NoDevice;
    return fail(code, "cannot %s %s: %s", verb, path.c_str(), std::strerror(error));
}

std::string directory_of(const std::string& path) {
    const std::size_t slash = path.rfind('/');
    if (slash == std::string::npos) return ".";
    return slash == 0 ? "/" : path.substr(0, slash);
}

Result<void> fill_and_check(int fd, const std::string& path, ByteView bytes) {
    // The mode given to open() is cut by the umask.
    if (::fchmod(fd, 0400) != 0) return file_error("set the mode of", path, errno);
    const auto written = io::transfer_all([fd](const std::byte* from, std::size_t length,
                                               off_t at) { return ::pwrite(fd, from, length, at); },
                                          bytes, 0);
    if (written.bytes != bytes.size())
        return file_error("write", path, written.error != 0 ? written.error : ENOSPC);
    if (::fsync(fd) != 0) return file_error("write", path, errno);
    Bytes back(bytes.size());
    const auto got = io::transfer_all([fd](std::byte* into, std::size_t length,
                                           off_t at) { return ::pread(fd, into, length, at); },
                                      MutableByteView(back), 0);
    if (got.bytes != bytes.size() || !std::ranges::equal(back, bytes))
        return fail(Errc::Io, "%s does not read back as it was written", path.c_str());
    return {};
}

Result<void> sync_directory(const std::string& path) {
    const std::string directory = directory_of(path);
    const UniqueFd fd(::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    // Not every file system can; the file itself is safe by now.
    if (!fd.valid() || (::fsync(fd.get()) != 0 && errno != EINVAL))
        return file_error("sync directory", directory, errno);
    return {};
}

// Where files can do without a name until they are complete.
Result<void> name_file(int fd, const std::string& path) {
    const std::string self = "/proc/self/fd/" + std::to_string(fd);
    if (::linkat(AT_FDCWD, self.c_str(), AT_FDCWD, path.c_str(), AT_SYMLINK_FOLLOW) != 0)
        return file_error("create", path, errno);
    return sync_directory(path);
}

Result<void> write_named_file(const std::string& path, ByteView bytes) {
    const UniqueFd fd(::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0400));
    if (!fd.valid()) return file_error("create", path, errno);
    ScopeGuard remove([&path] { (void)::unlink(path.c_str()); });
    LK_TRY(fill_and_check(fd.get(), path, bytes));
    LK_TRY(sync_directory(path));
    remove.dismiss();
    return {};
}

}  // namespace

Result<void> write_new_file(const std::string& path, ByteView bytes) {
    LK_TRY(check_new_file(path));
    const UniqueFd fd(::open(directory_of(path).c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0400));
    // /proc gives an unnamed file its name.
    if (!fd.valid() || ::access("/proc/self/fd", X_OK) != 0) return write_named_file(path, bytes);
    LK_TRY(fill_and_check(fd.get(), path, bytes));
    return name_file(fd.get(), path);
}

Result<void> check_new_file(const std::string& path) {
    struct stat status;
    if (::lstat(path.c_str(), &status) == 0)
        return fail(Errc::Exists, "%s exists already", path.c_str());
    return {};
}

Result<void> make_directory(const std::string& path) {
    if (::mkdir(path.c_str(), 0700) == 0) return sync_directory(path);
    if (errno == ENOENT && directory_of(path) != path) {
        LK_TRY(make_directory(directory_of(path)));
        if (::mkdir(path.c_str(), 0700) == 0) return sync_directory(path);
    }
    const int error = errno;
    struct stat status;
    if (error == EEXIST && ::stat(path.c_str(), &status) == 0 && S_ISDIR(status.st_mode)) return {};
    return file_error("create directory", path, error == EEXIST ? ENOTDIR : error);
}

}  // namespace latchkey::volume
