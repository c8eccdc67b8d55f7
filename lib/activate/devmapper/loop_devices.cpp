// SPDX-License-Identifier: LGPL-2.1-or-later
// Loop devices that detach themselves.
#include <fcntl.h>
#include <linux/loop.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <thread>

#include "activate/devmapper/device_mapper.h"
#include "base/i18n.h"
#include "base/scope_guard.h"
#include "base/strprintf.h"
#include "base/unique_fd.h"
#include "io/claim.h"
#include "io/identity.h"
#include "io/kernel_text.h"
#include "io/reopen.h"

namespace latchkey::activate {
namespace {

constexpr const char* kLoopControl = "/dev/loop-control";
constexpr unsigned kLoopMajor = 7;
// Other processes may take the free device first; with fifty at once this happens many times in a row.
constexpr int kTries = 200;

bool unwritable(int error) {
    return error == EROFS || error == EACCES || error == EPERM;
}

// Older kernels need two calls for what LOOP_CONFIGURE (kernel 5.8) does in one.  A process killed in between leaves
// the device attached.
bool configure_old(int device, int file, const loop_config& config) {
    if (::ioctl(device, LOOP_SET_FD, file) != 0) return false;
    if (::ioctl(device, LOOP_SET_STATUS64, &config.info) == 0) {
        // A larger block size is only a wish.
        if (config.block_size != 0)
            (void)::ioctl(device, LOOP_SET_BLOCK_SIZE,
                          static_cast<unsigned long>(config.block_size));
        return true;
    }
    const int error = errno;
    (void)::ioctl(device, LOOP_CLR_FD, 0);
    errno = error;
    return false;
}

bool configure(int device, int file, loop_config config) {
    if (::ioctl(device, LOOP_CONFIGURE, &config) == 0) return true;
    if (errno == EINVAL && config.block_size != 0) {
        config.block_size = 0;
        if (::ioctl(device, LOOP_CONFIGURE, &config) == 0) return true;
    }
    if (errno != ENOTTY && errno != EINVAL) return false;
    return configure_old(device, file, config);
}

class SystemLoopDevices final : public LoopDevices {
  public:
    Result<Attached> attach(const io::BlockDevice& what, bool read_only,
                            std::uint32_t block_size) override {
        const std::string& path = what.name();
        UniqueFd file = io::reopen(what.descriptor(), path, read_only ? O_RDONLY : O_RDWR);
        if (!file.valid() && !read_only && unwritable(errno)) {
            read_only = true;
            file = io::reopen(what.descriptor(), path, O_RDONLY);
        }
        if (!file.valid())
            return fail(Errc::AccessDenied, "cannot open %s to attach it to a loop device: %s",
                        path.c_str(), std::strerror(errno));
        const UniqueFd control(::open(kLoopControl, O_RDWR | O_CLOEXEC));  // loads the module
        if (!control.valid())
            return fail(unwritable(errno) ? Errc::AccessDenied : Errc::NotSupported,
                        "attaching a loop device failed: %s: %s", kLoopControl,
                        std::strerror(errno))
                .with_hint(
                    translate("modprobe loop; in a container, loop devices have to be passed in"));

        loop_config config = {};
        config.fd = static_cast<std::uint32_t>(file.get());
        config.block_size = block_size > 512 ? block_size : 0;
        config.info.lo_flags =
            static_cast<std::uint32_t>(LO_FLAGS_AUTOCLEAR | (read_only ? LO_FLAGS_READ_ONLY : 0));
        std::strncpy(reinterpret_cast<char*>(config.info.lo_file_name), path.c_str(),
                     LO_NAME_SIZE - 1);
        for (int tries = 0; tries < kTries; ++tries) {
            const int number = ::ioctl(control.get(), LOOP_CTL_GET_FREE);
            if (number < 0)
                return fail(Errc::Io, "no free loop device for %s: %s", path.c_str(),
                            std::strerror(errno));
            LK_ASSIGN(Attached attached, open_loop(number, read_only));
            if (configure(attached.fd, file.get(), config)) return attached;
            const int error = errno;
            ::close(attached.fd);
            if (error != EBUSY && error != EAGAIN)
                return fail(Errc::Io, "attaching %s to %s failed: %s", path.c_str(),
                            attached.path.c_str(), std::strerror(error));
            std::this_thread::sleep_for(std::chrono::milliseconds(std::min(tries, 20)));
        }
        return fail(Errc::Busy, "no free loop device for %s after %d tries", path.c_str(), kTries);
    }

    void release(Attached& attached) override {
        if (attached.fd >= 0) ::close(attached.fd);
        attached.fd = -1;
    }

    std::string backing_file(std::string_view device) override {
        struct stat status = {};
        if (::stat(std::string(device).c_str(), &status) != 0 || !S_ISBLK(status.st_mode) ||
            ::major(status.st_rdev) != kLoopMajor)
            return "";
        // For a partition of a loop device, the file is one folder up.
        const std::string folder =
            strprintf("/sys/dev/block/%u:%u", kLoopMajor, ::minor(status.st_rdev));
        const auto file = io::kernel_line(folder + "/loop/backing_file");
        return file ? *file : io::kernel_line(folder + "/../loop/backing_file").value_or("");
    }

    DeviceIdentity backing(std::uint32_t major, std::uint32_t minor) override {
        const auto below = io::look_below(io::block_identity(major, minor));
        return below ? below->what : DeviceIdentity{};
    }

    Result<UniqueFd> claim(const io::BlockDevice& file, bool shared) override {
        // Opens another description, so that the lock does not belong to the loop device.
        UniqueFd fd = io::reopen(file.descriptor(), file.name(), O_RDONLY);
        if (!fd.valid())
            return fail(Errc::AccessDenied, "cannot open %s to attach it to a loop device: %s",
                        file.name().c_str(), std::strerror(errno));
        LK_TRY(io::claim(fd.get(), file.name(), shared ? io::Claim::Share : io::Claim::Use));
        return fd;
    }

    Result<void> update_size(std::string_view device) override {
        const std::string path(device);
        const UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
        if (!fd.valid() || ::ioctl(fd.get(), LOOP_SET_CAPACITY, 0) != 0)
            return fail(Errc::Io, "telling %s that its file grew failed: %s", path.c_str(),
                        std::strerror(errno));
        return {};
    }

  private:
    static Result<Attached> open_loop(int number, bool read_only) {
        const std::string path = "/dev/loop" + std::to_string(number);
        const int flags = (read_only ? O_RDONLY : O_RDWR) | O_CLOEXEC;
        int fd = ::open(path.c_str(), flags);
        if (fd < 0 && errno == ENOENT) {
            // The kernel has just created the device, and /dev is not managed, so the node is made here.
            (void)::mknod(path.c_str(), S_IFBLK | 0660,
                          ::makedev(kLoopMajor, static_cast<unsigned>(number)));
            fd = ::open(path.c_str(), flags);
        }
        if (fd < 0)
            return fail(unwritable(errno) ? Errc::AccessDenied : Errc::NoDevice,
                        "attaching a loop device failed: %s: %s", path.c_str(),
                        std::strerror(errno));
        return Attached{.path = path, .fd = fd};
    }
};

}  // namespace

std::unique_ptr<LoopDevices> system_loop_devices() {
    return std::make_unique<SystemLoopDevices>();
}

}  // namespace latchkey::activate
