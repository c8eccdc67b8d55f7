// SPDX-License-Identifier: LGPL-2.1-or-later
#include "latchkey/keyfile.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cinttypes>
#include <cstring>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/i18n.h"
#include "base/strprintf.h"
#include "base/unique_fd.h"
#include "io/random_source.h"

namespace latchkey {
namespace {

constexpr int kLookMs = 40;                       // between checks for a cancellation
constexpr std::size_t kMostAtOnce = 1024 * 1024;  // bytes read between such checks
constexpr std::size_t kLargestPart =
    16 * 1024 * 1024;  // bytes of a secret in one piece while it grows

Error stopped_reading() {
    return fail(Errc::Interrupted, "stopped while input was read");
}

bool wants_stop(const std::atomic<bool>* cancelled) {
    return cancelled != nullptr && cancelled->load(std::memory_order_relaxed);
}

// Reads without stdio or a buffer, which would keep parts of the secret or swallow what follows it.
class Input {
  public:
    Input(int fd, const std::atomic<bool>* cancelled) : fd_(fd), cancelled_(cancelled) {}

    // Returns at least one byte, or none at the end.
    Result<std::size_t> some(MutableByteView into) const {
        for (;;) {
            LK_TRY(wait());
            const ssize_t count = ::read(fd_, into.data(), std::min(into.size(), kMostAtOnce));
            if (count >= 0) return static_cast<std::size_t>(count);
            // A caller without a flag gets the interruption at once: a user who presses ^C while a pipe is silent
            // expects an answer.
            if (errno == EINTR && cancelled_ == nullptr) return stopped_reading();
            if (errno != EINTR && errno != EAGAIN)
                return fail(Errc::Io, "error reading key file: %s", std::strerror(errno));
        }
    }

    Result<void> skip(std::uint64_t count, bool seekable) const {
        if (count == 0) return {};
        if (seekable) return seek(count);
        SecretBuffer scrap(static_cast<std::size_t>(std::min<std::uint64_t>(count, 65536)));
        while (count > 0) {
            const auto part = scrap.bytes().first(
                static_cast<std::size_t>(std::min<std::uint64_t>(count, scrap.size())));
            LK_ASSIGN(const std::size_t got, some(part));
            if (got == 0) return cannot_seek();
            count -= got;
        }
        return {};
    }

  private:
    // Waits until there is data or the end.  Also waits for a named pipe that no process has opened for writing yet.
    [[nodiscard]] Result<void> wait() const {
        for (;;) {
            if (wants_stop(cancelled_)) return stopped_reading();
            pollfd wanted = {fd_, POLLIN, 0};
            const int ready = ::poll(&wanted, 1, cancelled_ == nullptr ? -1 : kLookMs);
            if (ready > 0) return {};
            if (ready < 0 && errno == EINTR && cancelled_ == nullptr) return stopped_reading();
            if (ready < 0 && errno != EINTR) return {};  // the read reports the error
        }
    }
    [[nodiscard]] Result<void> seek(std::uint64_t count) const {
        // Finds the end by seeking, because block devices have no st_size.
        const off_t here = ::lseek(fd_, 0, SEEK_CUR);
        const off_t end = ::lseek(fd_, 0, SEEK_END);
        if (here < 0 || end < here || count > static_cast<std::uint64_t>(end - here) ||
            ::lseek(fd_, here + static_cast<off_t>(count), SEEK_SET) < 0)
            return cannot_seek();
        return {};
    }
    static Error cannot_seek() {
        return fail(Errc::InvalidArgument, "cannot seek to requested keyfile offset");
    }

    int fd_;
    const std::atomic<bool>* cancelled_;
};

// Collects a secret of unknown length in parts, which are wiped when they are joined.
class Collector {
  public:
    explicit Collector(std::uint64_t most) : most_(most) {}

    [[nodiscard]] std::uint64_t size() const { return size_; }
    // Returns room for at least one more byte and not beyond `most`; empty if `most` is reached.
    MutableByteView room() {
        if (room_ == 0 && size_ < most_) {
            const std::uint64_t wanted = std::clamp<std::uint64_t>(size_, 4096, kLargestPart);
            parts_.emplace_back(static_cast<std::size_t>(std::min(wanted, most_ - size_)));
            room_ = parts_.back().size();
        }
        return room_ == 0 ? MutableByteView() : parts_.back().bytes().last(room_);
    }
    void took(std::size_t count) {
        size_ += count;
        room_ -= count;
    }
    Result<SecretBuffer> finish(const std::atomic<bool>* cancelled) && {
        SecretBuffer all(static_cast<std::size_t>(size_));
        MutableByteView rest = all.bytes();
        for (SecretBuffer& part : parts_) {
            if (wants_stop(cancelled)) return stopped_reading();
            const std::size_t used = std::min(part.size(), rest.size());
            std::ranges::copy(part.bytes().first(used), rest.begin());
            rest = rest.subspan(used);
            part = SecretBuffer();
        }
        return all;
    }

  private:
    std::uint64_t most_;
    std::uint64_t size_ = 0;
    std::size_t room_ = 0;  // bytes left in the last part
    std::vector<SecretBuffer> parts_;
};

Result<SecretBuffer> collect(const Input& input, const KeyfileOptions& options, bool may_be_empty) {
    const bool sized = options.size.value_or(0) != 0;
    const std::uint64_t most = sized ? *options.size : options.limit;
    Collector secret(most);
    bool newline = false;
    bool end = false;
    while (!newline && !end && secret.size() < most) {
        // Reads byte by byte if a newline may end the secret: the next secret on the same pipe must stay unread.
        const MutableByteView room = secret.room();
        LK_ASSIGN(const std::size_t got,
                  input.some(options.stop_at_newline ? room.first(1) : room));
        end = got == 0;
        newline = options.stop_at_newline && !end && room.front() == std::byte{'\n'};
        if (!newline) secret.took(got);
    }
    const bool complete = sized && secret.size() == most;
    if (secret.size() == 0 && end && !may_be_empty && !complete)
        return fail(Errc::NothingToRead, "nothing to read on input");
    if (sized && !complete)
        return fail(Errc::InvalidArgument, "cannot read requested amount of data");
    if (!sized && !end && !newline) {
        // The secret has reached the limit; any further byte except the newline makes it too long.
        SecretBuffer next(1);
        LK_ASSIGN(const std::size_t got, input.some(next.bytes()));
        const bool ends_here =
            got == 0 || (options.stop_at_newline && next.bytes().front() == std::byte{'\n'});
        if (!ends_here)
            return fail(Errc::InvalidArgument, "maximum keyfile size exceeded")
                .with_hint(strprintf(
                    translate(
                        N_("it is longer than %llu bytes; --keyfile-size takes a part of it")),
                    static_cast<unsigned long long>(options.limit)));
    }
    return std::move(secret).finish(options.cancelled);
}

Result<SecretBuffer> read_all(int fd, const KeyfileOptions& options, bool named) {
    struct stat status = {};
    if (::fstat(fd, &status) != 0) return fail(Errc::InvalidArgument, "failed to stat key file");
    const bool regular = S_ISREG(status.st_mode);
    const Input input(fd, options.cancelled);
    LK_TRY(input.skip(options.offset, regular || S_ISBLK(status.st_mode)));
    const bool device = S_ISBLK(status.st_mode) || S_ISCHR(status.st_mode);
    const bool at_most = options.may_be_short && options.size.value_or(0) != 0 && !device;
    KeyfileOptions wanted = options;
    if (at_most) wanted.size.reset();
    LK_ASSIGN(SecretBuffer secret, collect(input, wanted, named && regular));
    if (at_most && secret.size() > *options.size)
        secret.shrink(static_cast<std::size_t>(*options.size));
    if (io::is_random_source(status)) secret.set_random();
    return secret;
}

// Opens a named pipe without waiting, because waiting in open() cannot be cancelled; wait() waits instead.
int how_to_wait(const std::string& path) {
    struct stat status = {};
    return ::stat(path.c_str(), &status) == 0 && S_ISFIFO(status.st_mode) ? O_NONBLOCK : 0;
}

}  // namespace

Result<SecretBuffer> read_keyfile(std::string_view path, const KeyfileOptions& options) {
    const std::string name(path);
    const UniqueFd fd(::open(name.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY | how_to_wait(name)));
    if (!fd.valid())
        return fail(Errc::InvalidArgument, "failed to open key file")
            .with_hint(name + ": " + std::strerror(errno));
    if (::isatty(fd.get()))
        return fail(Errc::InvalidArgument, "cannot read keyfile from a terminal");
    return read_all(fd.get(), options, true);
}

Result<SecretBuffer> read_keyfile(int fd, const KeyfileOptions& options) {
    return read_all(fd, options, false);
}

}  // namespace latchkey
