// SPDX-License-Identifier: LGPL-2.1-or-later
#include "io/file_device.h"

#include <fcntl.h>
#include <linux/fs.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <limits>

#include "base/i18n.h"
#include "io/aligned_buffer.h"
#include "io/full_transfer.h"
#include "io/identity.h"
#include "io/range.h"
#include "io/reopen.h"
#include "io/topology.h"

namespace latchkey::io {
namespace {

constexpr std::size_t kBounceBytes = 1024 * 1024;

Errc code_of(int error) {
    if (error == ENOSPC || error == EDQUOT || error == EFBIG) return Errc::DeviceFull;
    return error == EPERM || error == EROFS || error == EACCES ? Errc::AccessDenied : Errc::Io;
}
Errc code_of_reading(int error) {
    const Errc code = code_of(error);
    return code == Errc::Io ? Errc::Unreadable : code;
}

Error io_error(const char* verb, const std::string& path, std::uint64_t offset, int error) {
    return fail(code_of(error), "cannot %s device %s at offset %" PRIu64 ": %s", verb, path.c_str(),
                offset, std::strerror(error));
}

Error read_error(const std::string& path, std::uint64_t offset, int error) {
    return fail(code_of_reading(error), "cannot read device %s at offset %" PRIu64 ": %s",
                path.c_str(), offset, std::strerror(error));
}

auto reader_of(int fd) {
    return [fd](std::byte* data, std::size_t length, off_t offset) {
        return ::pread(fd, data, length, offset);
    };
}
auto writer_of(int fd) {
    return [fd](const std::byte* data, std::size_t length, off_t offset) {
        return ::pwrite(fd, data, length, offset);
    };
}

// Retries block by block after a request failed because of one bad block.  This finds the bad block, and still succeeds
// where a driver could not take the whole request at once.
Transferred read_one_by_one(int fd, MutableByteView aligned, std::uint64_t offset,
                            std::size_t block) {
    Transferred done;
    while (done.bytes < aligned.size()) {
        const std::size_t length = std::min(block, aligned.size() - done.bytes);
        const Transferred step =
            transfer_all(reader_of(fd), aligned.subspan(done.bytes, length), offset + done.bytes);
        done.bytes += step.bytes;
        done.error = step.error;
        if (step.bytes < length) break;
    }
    return done;
}

}  // namespace

Result<std::shared_ptr<FileDevice>> FileDevice::adopt(UniqueFd fd, std::string path, bool read_only,
                                                      bool direct) {
    struct stat status = {};
    if (::fstat(fd.get(), &status) != 0)
        return fail(code_of_reading(errno), "cannot examine device %s: %s", path.c_str(),
                    std::strerror(errno));
    if (!S_ISREG(status.st_mode) && !S_ISBLK(status.st_mode))
        return fail(Errc::NoDevice, "device %s is not compatible", path.c_str())
            .with_hint(translate(N_("it is neither a block device nor a regular file")));
    auto device = std::make_shared<FileDevice>(std::move(fd), std::move(path), read_only);
    const int number = device->fd_.get();
    device->topology_ = read_topology(number, status);
    device->identity_ = identity_of(status);
    device->size_ = static_cast<std::uint64_t>(status.st_size);
    if (S_ISBLK(status.st_mode)) {
        device->block_device_ = true;
        std::uint64_t bytes = 0;
        if (::ioctl(number, BLKGETSIZE64, &bytes) != 0)
            return fail(code_of_reading(errno), "cannot read the size of device %s: %s",
                        device->path_.c_str(), std::strerror(errno));
        device->size_ = bytes;
        // The kernel may open a write-protected device for writing all the same.
        int protected_by_kernel = 0;
        if (::ioctl(number, BLKROGET, &protected_by_kernel) == 0 && protected_by_kernel != 0)
            device->read_only_ = true;
    }
    device->direct_ = direct;
    return device;
}

Result<UniqueFd> FileDevice::reader() const {
    UniqueFd fd = reopen(fd_.get(), path_, O_RDONLY);
    if (!fd.valid())
        return fail(code_of_reading(errno), "cannot open device %s: %s", path_.c_str(),
                    std::strerror(errno));
    return fd;
}

// Some drivers and file systems accept O_DIRECT and then refuse the transfer.
void FileDevice::give_up_direct() const {
    const int flags = ::fcntl(fd_.get(), F_GETFL);
    if (flags >= 0) (void)::fcntl(fd_.get(), F_SETFL, flags & ~O_DIRECT);
    direct_.store(false, std::memory_order_relaxed);
}

Result<void> FileDevice::read(std::uint64_t offset, MutableByteView into) const {
    LK_TRY(check_range(path_, offset, into.size(), size_.load()));
    if (into.empty()) return {};
    return direct() ? read_direct(offset, into) : read_buffered(offset, into);
}

Result<void> FileDevice::read_buffered(std::uint64_t offset, MutableByteView into) const {
    const Transferred done = transfer_all(reader_of(fd_.get()), into, offset);
    if (done.error) return read_error(path_, offset + done.bytes, done.error);
    // The device has shrunk since it was opened.
    if (done.bytes < into.size())
        return check_range(path_, offset, into.size(), offset + done.bytes);
    return {};
}

Result<void> FileDevice::read_blocks(std::uint64_t offset, MutableByteView aligned) const {
    Transferred done = transfer_all(reader_of(fd_.get()), aligned, offset);
    if (done.error == EINVAL && direct()) {
        give_up_direct();
        return read_buffered(offset, aligned);
    }
    if (done.error != 0 && aligned.size() > topology_.logical_block)
        done = read_one_by_one(fd_.get(), aligned, offset, topology_.logical_block);
    if (done.error) return read_error(path_, offset + done.bytes, done.error);
    if (done.bytes < aligned.size())
        return check_range(path_, offset, aligned.size(), offset + done.bytes);
    return {};
}

Result<void> FileDevice::read_direct(std::uint64_t offset, MutableByteView into) const {
    const std::uint64_t unit = topology_.logical_block;
    if (offset % unit == 0 && into.size() % unit == 0 && AlignedBuffer::aligned(into.data()))
        return read_blocks(offset, into);
    const std::uint64_t first = offset / unit * unit;
    // Devices end on a block boundary; a partial block at the end is left to the kernel.
    const std::uint64_t end = round_up(offset + into.size(), unit);
    if (end > size_.load()) {
        give_up_direct();
        return read_buffered(offset, into);
    }
    AlignedBuffer buffer(std::min<std::uint64_t>(kBounceBytes, end - first));
    for (std::uint64_t at = first; at < end;) {
        const auto chunk =
            buffer.bytes().first(std::min<std::uint64_t>(buffer.bytes().size(), end - at));
        LK_TRY(read_blocks(at, chunk));
        const std::uint64_t skip = at < offset ? offset - at : 0;
        const std::uint64_t count = std::min<std::uint64_t>(chunk.size() - skip, into.size());
        std::ranges::copy(chunk.subspan(skip, count), into.begin());
        into = into.subspan(count);
        at += chunk.size();
    }
    return {};
}

Result<void> FileDevice::write(std::uint64_t offset, ByteView bytes) {
    if (read_only_)
        return fail(Errc::AccessDenied, "cannot write to device %s, permission denied",
                    path_.c_str());
    LK_TRY(check_range(path_, offset, bytes.size(), size_.load()));
    if (bytes.empty()) return {};
    written_->store(true, std::memory_order_relaxed);
    return direct() ? write_direct(offset, bytes) : write_buffered(offset, bytes);
}

Result<void> FileDevice::write_buffered(std::uint64_t offset, ByteView bytes) {
    const Transferred done = transfer_all(writer_of(fd_.get()), bytes, offset);
    if (done.error || done.bytes < bytes.size())
        return io_error("write to", path_, offset + done.bytes, done.error ? done.error : EIO);
    return {};
}

Result<void> FileDevice::write_blocks(std::uint64_t offset, ByteView aligned) {
    const Transferred done = transfer_all(writer_of(fd_.get()), aligned, offset);
    if (done.error == EINVAL && direct()) {
        give_up_direct();
        return write_buffered(offset, aligned);
    }
    if (done.error || done.bytes < aligned.size())
        return io_error("write to", path_, offset + done.bytes, done.error ? done.error : EIO);
    return {};
}

Result<void> FileDevice::write_direct(std::uint64_t offset, ByteView bytes) {
    const std::uint64_t unit = topology_.logical_block;
    const bool whole_blocks = offset % unit == 0 && bytes.size() % unit == 0;
    if (whole_blocks && AlignedBuffer::aligned(bytes.data())) return write_blocks(offset, bytes);
    const std::uint64_t first = offset / unit * unit;
    const std::uint64_t end = round_up(offset + bytes.size(), unit);
    if (end > size_.load()) {
        give_up_direct();
        return write_buffered(offset, bytes);
    }
    // Two ranges that callers treat as separate may share a disk block.
    std::unique_lock<std::mutex> one_at_a_time;
    if (!whole_blocks) one_at_a_time = std::unique_lock(partial_blocks_);
    AlignedBuffer buffer(std::min<std::uint64_t>(kBounceBytes, end - first));
    for (std::uint64_t at = first; at < end;) {
        const auto chunk =
            buffer.bytes().first(std::min<std::uint64_t>(buffer.bytes().size(), end - at));
        const std::uint64_t skip = at < offset ? offset - at : 0;
        const std::uint64_t count = std::min<std::uint64_t>(chunk.size() - skip, bytes.size());
        const std::uint64_t kept_behind = chunk.size() - skip - count;
        if (skip != 0) LK_TRY(read_blocks(at, chunk.first(unit)));
        if (kept_behind != 0) LK_TRY(read_blocks(at + chunk.size() - unit, chunk.last(unit)));
        std::ranges::copy(bytes.first(count), chunk.subspan(skip).begin());
        LK_TRY(write_blocks(at, chunk));
        bytes = bytes.subspan(count);
        at += chunk.size();
    }
    return {};
}

Result<void> FileDevice::flush() {
    if (read_only_) return {};
    int status = -1;
    do {
        status = ::fsync(fd_.get());
    } while (status != 0 && errno == EINTR);
    if (status != 0) {
        flush_failed_ = true;
        // File systems that allocate late report a lack of space only now.
        return fail(code_of(errno), "cannot flush device %s: %s", path_.c_str(),
                    std::strerror(errno));
    }
    if (flush_failed_)
        return fail(Errc::Io, "cannot flush device %s: writes were lost before", path_.c_str());
    return {};
}

Result<void> FileDevice::grow(std::uint64_t size) {
    const std::uint64_t old_size = size_.load();
    if (size <= old_size) return {};
    if (!topology_.regular_file) return check_range(path_, 0, size, old_size);
    if (read_only_)
        return fail(Errc::AccessDenied, "cannot write to device %s, permission denied",
                    path_.c_str());
    if (size > static_cast<std::uint64_t>(std::numeric_limits<off_t>::max()))
        return io_error("grow", path_, size, EFBIG);
    int error = 0;
    do {
        error = ::posix_fallocate(fd_.get(), static_cast<off_t>(old_size),
                                  static_cast<off_t>(size - old_size));
    } while (error == EINTR);
    // The file system cannot reserve space, so only the length is set.
    if ((error == EOPNOTSUPP || error == EINVAL) &&
        ::ftruncate(fd_.get(), static_cast<off_t>(size)) == 0)
        error = 0;
    if (error) {
        (void)!::ftruncate(fd_.get(), static_cast<off_t>(old_size));
        return io_error("grow", path_, size, error);
    }
    size_ = size;
    return {};
}

void FileDevice::shrink(std::uint64_t size) {
    if (!topology_.regular_file || read_only_ || size >= size_.load()) return;
    if (::ftruncate(fd_.get(), static_cast<off_t>(size)) == 0) size_ = size;
}

Result<void> FileDevice::reserve(std::uint64_t bytes) {
    if (!topology_.regular_file || read_only_ || bytes == 0) return {};
    int status = -1;
    do {
        status = ::fallocate(fd_.get(), FALLOC_FL_KEEP_SIZE, 0,
                             static_cast<off_t>(std::min(bytes, size_.load())));
    } while (status != 0 && errno == EINTR);
    // Not every file system can reserve space.
    if (status == 0 || code_of(errno) != Errc::DeviceFull) return {};
    return io_error("take storage for", path_, 0, errno);
}

Result<std::unique_ptr<BlockDevice::Lock>> FileDevice::lock(LockMode mode, const LockWait& wait) {
    return locks_.lock(
        {.name = path_, .fd = fd_.get(), .block_device = block_device_, .number = identity_.device},
        mode, wait);
}

bool is_direct(const BlockDevice& device) {
    const int flags = ::fcntl(device.descriptor(), F_GETFL);
    return flags >= 0 && (flags & O_DIRECT) != 0;
}

}  // namespace latchkey::io
