// SPDX-License-Identifier: LGPL-2.1-or-later
#include "latchkey/keyfile.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cinttypes>
#include <cstring>
#include <string>

#include "base/bytes.h"
#include "base/i18n.h"
#include "base/strprintf.h"
#include "base/unique_fd.h"
#include "io/random_source.h"

namespace latchkey {
namespace {

// Not stdio, nor any buffer of ours that would keep a secret or take what belongs to the next one.
class Input {
  public:
    explicit Input(int fd) : fd_(fd) {}

    // At least one byte, or none at the end.
    Result<std::size_t> some(MutableByteView into) const {
        const ssize_t count = ::read(fd_, into.data(), into.size());
        if (count >= 0) return static_cast<std::size_t>(count);
        // Not repeated: a person who presses ^C at a prompt or a silent pipe wants to be heard.
        if (errno == EINTR) return fail(Errc::Interrupted, "interrupted while reading a secret");
        return fail(Errc::Io, "error reading key file: %s", std::strerror(errno));
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
    [[nodiscard]] Result<void> seek(std::uint64_t count) const {
        // By the end's position, as block devices have no st_size.
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
};

// A secret that becomes longer while it is read; every storage it had is wiped.
class Collector {
  public:
    explicit Collector(std::uint64_t most) : most_(most) {}

    [[nodiscard]] std::uint64_t size() const { return size_; }
    // Room for at least one more byte, not reaching behind `most`; empty if that is reached.
    MutableByteView room() {
        if (size_ == buffer_.size() && size_ < most_) {
            const std::uint64_t wanted =
                std::min<std::uint64_t>(most_, std::max<std::uint64_t>(4096, 2 * size_));
            SecretBuffer larger(static_cast<std::size_t>(wanted));
            std::ranges::copy(buffer_.bytes(), larger.bytes().begin());
            buffer_ = std::move(larger);
        }
        return buffer_.bytes().subspan(size_);
    }
    void took(std::size_t count) { size_ += count; }
    SecretBuffer finish() && {
        if (buffer_.size() != 0) buffer_.shrink(size_);
        return std::move(buffer_);
    }

  private:
    std::uint64_t most_;
    std::size_t size_ = 0;
    SecretBuffer buffer_;
};

Result<SecretBuffer> collect(const Input& input, const KeyfileOptions& options, bool may_be_empty) {
    const bool sized = options.size.value_or(0) != 0;
    const std::uint64_t most = sized ? *options.size : options.limit;
    Collector secret(most);
    bool newline = false;
    bool end = false;
    while (!newline && !end && secret.size() < most) {
        // Byte by byte where a newline may end it: the next secret on the same pipe is not ours.
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
        // As long as allowed: one more byte, if it is not the newline, is too much.
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
    return std::move(secret).finish();
}

Result<SecretBuffer> read_all(int fd, const KeyfileOptions& options, bool named) {
    struct stat status = {};
    if (::fstat(fd, &status) != 0) return fail(Errc::InvalidArgument, "failed to stat key file");
    const bool regular = S_ISREG(status.st_mode);
    const Input input(fd);
    LK_TRY(input.skip(options.offset, regular || S_ISBLK(status.st_mode)));
    LK_ASSIGN(SecretBuffer secret, collect(input, options, named && regular));
    if (io::is_random_source(status)) secret.set_random();
    return secret;
}

}  // namespace

Result<SecretBuffer> read_keyfile(std::string_view path, const KeyfileOptions& options) {
    const std::string name(path);
    const UniqueFd fd(::open(name.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY));
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
