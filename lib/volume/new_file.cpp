// SPDX-License-Identifier: LGPL-2.1-or-later
#include "volume/new_file.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "io/full_transfer.h"
#include "io/new_file.h"
#include "latchkey/new_file.h"

namespace latchkey::volume {
namespace {

Result<void> fill_and_check(int fd, const std::string& path, ByteView bytes) {
    // The umask restricts the mode that open() sets.
    if (::fchmod(fd, 0400) != 0) return io::file_error("set the mode of", path, errno);
    const auto written = io::transfer_all([fd](const std::byte* from, std::size_t length,
                                               off_t at) { return ::pwrite(fd, from, length, at); },
                                          bytes, 0);
    if (written.bytes != bytes.size())
        return io::file_error("write", path, written.error != 0 ? written.error : ENOSPC);
    if (::fsync(fd) != 0) return io::file_error("write", path, errno);
    Bytes back(bytes.size());
    const auto got = io::transfer_all([fd](std::byte* into, std::size_t length,
                                           off_t at) { return ::pread(fd, into, length, at); },
                                      MutableByteView(back), 0);
    if (got.bytes != bytes.size() || !std::ranges::equal(back, bytes))
        return fail(Errc::Io, "%s does not read back as it was written", path.c_str());
    return {};
}

}  // namespace

Result<void> write_new_file(const std::string& path, ByteView bytes) {
    LK_ASSIGN(NewFile file, NewFile::create(path, 0400));
    LK_TRY(fill_and_check(file.descriptor(), path, bytes));
    return file.keep();
}

Result<void> make_directory(const std::string& path) {
    if (::mkdir(path.c_str(), 0700) == 0) return io::flush_directory_of(path);
    if (errno == ENOENT && io::directory_of(path) != path) {
        LK_TRY(make_directory(io::directory_of(path)));
        if (::mkdir(path.c_str(), 0700) == 0) return io::flush_directory_of(path);
    }
    const int error = errno;
    struct stat status;
    if (error == EEXIST && ::stat(path.c_str(), &status) == 0 && S_ISDIR(status.st_mode)) return {};
    return io::file_error("create directory", path, error == EEXIST ? ENOTDIR : error);
}

}  // namespace latchkey::volume
