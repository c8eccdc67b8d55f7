// SPDX-License-Identifier: LGPL-2.1-or-later
#include "activate/userspace/block_node.h"

#include <fcntl.h>
#include <linux/loop.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <thread>

#include "base/i18n.h"
#include "base/unique_fd.h"

namespace latchkey::userspace {
namespace {

constexpr int kTries = 16;  // other processes take free numbers, too
constexpr int kReleaseTries = 20;
constexpr std::chrono::milliseconds kReleasePause{50};

Error failed(const char* what, const std::string& path) {
    return fail(errno == EACCES || errno == EPERM ? Errc::AccessDenied : Errc::Io, "%s %s: %s",
                translate(what), path.c_str(), std::strerror(errno));
}

// Makes the kernel ask the server for the file's size.  Otherwise loop devices of older kernels use the cached size,
// which is 0 or the old one.
void refresh_size(const std::string& file) {
    struct statx now {};
    (void)::statx(AT_FDCWD, file.c_str(), AT_STATX_FORCE_SYNC, STATX_SIZE, &now);
}

Result<std::string> attach(int file, std::uint32_t sector_size, bool read_only) {
    const UniqueFd control(::open("/dev/loop-control", O_RDWR | O_CLOEXEC));
    if (!control.valid()) {
        Error error = failed(N_("cannot open"), "/dev/loop-control");
        error.hint = translate("the kernel module loop gives block devices over files");
        return error;
    }
    loop_config config{};
    config.fd = static_cast<unsigned>(file);
    config.block_size = sector_size;
    config.info.lo_flags = LO_FLAGS_DIRECT_IO;
    if (read_only) config.info.lo_flags |= LO_FLAGS_READ_ONLY;
    for (int tries = 0; tries < kTries; ++tries) {
        const int number = ::ioctl(control.get(), LOOP_CTL_GET_FREE);
        if (number < 0) return failed(N_("no free loop device:"), "/dev/loop-control");
        const std::string path = "/dev/loop" + std::to_string(number);
        const UniqueFd loop(::open(path.c_str(), (read_only ? O_RDONLY : O_RDWR) | O_CLOEXEC));
        if (!loop.valid()) return failed(N_("cannot open"), path);
        if (::ioctl(loop.get(), LOOP_CONFIGURE, &config) == 0) return path;
        if (errno == EBUSY) continue;
        // Not every file supports reads past the page cache.
        if ((config.info.lo_flags & LO_FLAGS_DIRECT_IO) == 0)
            return failed(N_("cannot set up"), path);
        config.info.lo_flags &= ~static_cast<unsigned>(LO_FLAGS_DIRECT_IO);
    }
    return fail(Errc::Busy, "found no free loop device in %d tries", kTries);
}

void detach(const std::string& loop) {
    const UniqueFd fd(::open(loop.c_str(), O_RDONLY | O_CLOEXEC));
    if (fd.valid()) ::ioctl(fd.get(), LOOP_CLR_FD);
}

// Returns whether the loop device is still over the served file of that name.  If somebody detached it, another file may
// have its number.
bool is_over_file_of(const std::string& loop, const std::string& node) {
    const std::string path = "/sys/block" + loop.substr(sizeof "/dev" - 1) + "/loop/backing_file";
    const UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (!fd.valid()) return errno != ENOENT;
    std::array<char, 4096> name{};
    const ssize_t length = ::read(fd.get(), name.data(), name.size());
    const std::string_view text(name.data(),
                                static_cast<std::size_t>(std::max<ssize_t>(length, 0)));
    // A file that is not mounted any more has no path.
    return text.size() < 3 || text.find(node.substr(node.rfind('/'))) != std::string_view::npos;
}

// Waits until the kernel has detached the device, which it does when nobody has it open any more: a program that looks
// at new devices leaves soon.  If somebody stays, takes the order to detach back and returns false.
bool is_detached_soon(const std::string& loop, const std::string& node) {
    for (int tries = 0; tries < kReleaseTries; ++tries) {
        if (!is_over_file_of(loop, node)) return true;
        std::this_thread::sleep_for(kReleasePause);
    }
    return !detach_with_last_user(node, false) || !is_over_file_of(loop, node);
}

}  // namespace

Result<std::string> make_block_node(const std::string& file, const std::string& node,
                                    std::uint32_t sector_size, bool read_only) {
    const UniqueFd fd(::open(file.c_str(), (read_only ? O_RDONLY : O_RDWR) | O_CLOEXEC));
    if (!fd.valid()) return failed(N_("cannot open"), file);
    refresh_size(file);
    LK_ASSIGN(const std::string loop, attach(fd.get(), sector_size, read_only));
    ::mkdir("/dev/mapper", 0755);
    if (::symlink(("../" + loop.substr(sizeof "/dev/" - 1)).c_str(), node.c_str()) != 0) {
        Error error = errno == EEXIST ? fail(Errc::InTheWay, "%s already exists", node.c_str())
                                      : failed(N_("cannot link"), node);
        detach(loop);
        return error;
    }
    return loop;
}

std::string loop_behind(const std::string& node) {
    std::array<char, 64> target{};
    const ssize_t length = ::readlink(node.c_str(), target.data(), target.size());
    constexpr std::string_view kStart = "../loop";
    if (length <= 0 || static_cast<std::size_t>(length) == target.size()) return {};
    const std::string_view text(target.data(), static_cast<std::size_t>(length));
    if (!text.starts_with(kStart)) return {};
    return "/dev/" + std::string(text.substr(3));
}

std::string own_loop(const std::string& node) {
    std::string loop = loop_behind(node);
    if (!loop.empty() && !is_over_file_of(loop, node)) loop.clear();
    return loop;
}

Result<void> detach_with_last_user(const std::string& node, bool wanted) {
    const std::string loop = own_loop(node);
    const UniqueFd fd(::open(loop.c_str(), O_RDONLY | O_CLOEXEC));
    loop_info64 info{};
    if (!fd.valid() || ::ioctl(fd.get(), LOOP_GET_STATUS64, &info) != 0)
        return failed(N_("cannot set up"), loop);
    if (wanted)
        info.lo_flags |= LO_FLAGS_AUTOCLEAR;
    else
        info.lo_flags &= ~static_cast<std::uint32_t>(LO_FLAGS_AUTOCLEAR);
    if (::ioctl(fd.get(), LOOP_SET_STATUS64, &info) != 0) return failed(N_("cannot set up"), loop);
    return {};
}

Result<void> remove_block_node(const std::string& node, Users users) {
    const std::string loop = loop_behind(node);
    if (loop.empty()) return {};
    // Its number may belong to another file by now.
    if (!is_over_file_of(loop, node)) {
        if (::unlink(node.c_str()) != 0 && errno != ENOENT)
            return failed(N_("cannot remove"), node);
        return {};
    }
    // A mount or mapping holds the block device exclusively, and releases it a moment after it ends.
    UniqueFd fd(::open(loop.c_str(), O_RDONLY | O_EXCL | O_CLOEXEC));
    for (int tries = 0; !fd.valid() && errno == EBUSY && tries < kReleaseTries; ++tries) {
        std::this_thread::sleep_for(kReleasePause);
        fd = UniqueFd(::open(loop.c_str(), O_RDONLY | O_EXCL | O_CLOEXEC));
    }
    if (!fd.valid() && errno == EBUSY)
        return fail(Errc::Busy, "%s is mounted or otherwise held", loop.c_str());
    if (fd.valid()) {
        ::fsync(fd.get());
        if (::ioctl(fd.get(), LOOP_CLR_FD) != 0 && errno != ENXIO)
            return failed(N_("cannot detach"), loop);
        fd = UniqueFd();
        if (users == Users::Respected && !is_detached_soon(loop, node))
            return fail(Errc::Busy, "%s is open", loop.c_str());
    }
    if (::unlink(node.c_str()) != 0 && errno != ENOENT) return failed(N_("cannot remove"), node);
    return {};
}

Result<void> resize_block_node(const std::string& file, const std::string& node) {
    refresh_size(file);
    const std::string loop = own_loop(node);
    const UniqueFd fd(::open(loop.c_str(), O_RDONLY | O_CLOEXEC));
    if (!fd.valid() || ::ioctl(fd.get(), LOOP_SET_CAPACITY) != 0)
        return failed(N_("cannot resize"), loop);
    return {};
}

Result<void> flush_block_node(const std::string& node) {
    const std::string loop = own_loop(node);
    const UniqueFd fd(::open(loop.c_str(), O_RDONLY | O_CLOEXEC));
    if (!fd.valid() || ::fsync(fd.get()) != 0) return failed(N_("cannot flush"), loop);
    return {};
}

}  // namespace latchkey::userspace
