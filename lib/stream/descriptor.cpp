// SPDX-License-Identifier: LGPL-2.1-or-later
#include "stream/descriptor.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <string>

#include "base/unique_fd.h"
#include "io/full_transfer.h"
#include "latchkey/stream.h"
#include "stream/progress.h"

namespace latchkey::stream {
namespace {

constexpr int kLookAgainMs = 40;

// Waits in short steps, because a signal may be delivered to another thread than the waiting one.
Result<void> wait_until_ready(int fd, short events, const std::atomic<bool>& cancelled) {
    pollfd waiting{.fd = fd, .events = events, .revents = 0};
    for (;;) {
        if (cancelled.load(std::memory_order_relaxed)) return stopped_early();
        const int ready = ::poll(&waiting, 1, kLookAgainMs);
        if (ready > 0) return {};
        if (ready < 0 && errno != EINTR)
            return fail(Errc::Io, "waiting for the stream: %s", std::strerror(errno));
    }
}

// Opens the pipe again with a description that never blocks in write(): only a signal to the very thread could
// interrupt a blocked write.  Invalid if `fd` is not a pipe.
UniqueFd never_waiting(int fd) {
    struct stat status {};
    if (::fstat(fd, &status) != 0 || !S_ISFIFO(status.st_mode)) return {};
    const std::string path = "/proc/self/fd/" + std::to_string(fd);
    return UniqueFd(::open(path.c_str(), O_WRONLY | O_NONBLOCK | O_CLOEXEC));
}

}  // namespace

std::optional<std::uint64_t> bytes_to_come(int fd) {
    struct stat status {};
    if (::fstat(fd, &status) != 0 || (!S_ISREG(status.st_mode) && !S_ISBLK(status.st_mode)))
        return {};
    const off_t place = ::lseek(fd, 0, SEEK_CUR);
    if (place < 0) return {};
    off_t end = status.st_size;
    if (S_ISBLK(status.st_mode)) {  // st_size of a block device is 0
        end = ::lseek(fd, 0, SEEK_END);
        if (::lseek(fd, place, SEEK_SET) < 0 || end < 0) return {};
    } else if (end == 0) {
        return {};  // files of /proc and /sys report 0, whatever they contain
    }
    return static_cast<std::uint64_t>(end > place ? end - place : 0);
}

Result<std::size_t> read_some(int fd, MutableByteView into, const std::atomic<bool>& cancelled) {
    std::size_t done = 0;
    while (done < into.size()) {
        LK_TRY(wait_until_ready(fd, POLLIN, cancelled));
        const ssize_t count = ::read(fd, into.data() + done, into.size() - done);
        if (count == 0) break;
        if (count > 0)
            done += static_cast<std::size_t>(count);
        else if (errno != EINTR && errno != EAGAIN)
            return fail(Errc::Io, "reading the stream: %s", std::strerror(errno));
    }
    return done;
}

Result<void> write_all(int fd, ByteView bytes, const std::atomic<bool>& cancelled) {
    const UniqueFd pipe = never_waiting(fd);
    if (pipe.valid()) fd = pipe.get();
    const auto step = [&](const std::byte* data, std::size_t length, off_t) -> ssize_t {
        if (!cancelled.load(std::memory_order_relaxed)) return ::write(fd, data, length);
        errno = EAGAIN;  // so that wait_until_ready() ends
        return -1;
    };
    for (;;) {
        const io::Transferred written = io::transfer_all(step, bytes, 0);
        bytes = bytes.subspan(written.bytes);
        if (bytes.empty()) return {};
        const int error = written.error != 0 ? written.error : EIO;
        if (error == EPIPE) return fail(Errc::Interrupted, "the reader of the stream went away");
        if (error != EAGAIN)
            return fail(error == ENOSPC ? Errc::DeviceFull : Errc::Io, "writing the stream: %s",
                        std::strerror(error));
        LK_TRY(wait_until_ready(fd, POLLOUT, cancelled));
    }
}

}  // namespace latchkey::stream
