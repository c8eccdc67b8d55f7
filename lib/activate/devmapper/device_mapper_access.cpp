// SPDX-License-Identifier: LGPL-2.1-or-later
// Checks whether this process can use device-mapper, and lets one process at a time use it.
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <thread>

#include "activate/devmapper/system_device_mapper.h"
#include "base/i18n.h"
#include "base/unique_fd.h"
#include "io/kernel_text.h"

namespace latchkey::activate {
namespace {

constexpr const char* kFolder = "/dev/mapper";
constexpr const char* kControl = "/dev/mapper/control";
// The node has had this number since Linux 2.6.36, whether or not the module is loaded.
constexpr unsigned kMiscMajor = 10;
constexpr unsigned kControlMinor = 236;
constexpr std::chrono::milliseconds kLockWait{30'000};

bool driver_is_loaded() {
    // Each line has a number and a name.
    const std::string drivers = io::kernel_text("/proc/misc").value_or("");
    return drivers.find(" device-mapper\n") != std::string::npos;
}

// Makes the control node, so that opening it loads the module.  Without udev (in a rescue system) such nodes are
// missing.  Removes the node again if the kernel has no such module.
bool make_control_and_load() {
    const bool made_folder = ::mkdir(kFolder, 0755) == 0;
    const bool made = ::mknod(kControl, S_IFCHR | 0600, ::makedev(kMiscMajor, kControlMinor)) == 0;
    if (UniqueFd(::open(kControl, O_RDWR | O_CLOEXEC)).valid()) return true;
    if (made) ::unlink(kControl);
    if (made_folder) ::rmdir(kFolder);
    return false;
}

// The file lock belongs to the open file: closing it, or the end of the process, releases it.
class ControlLock final : public KernelLock {
  public:
    explicit ControlLock(UniqueFd fd) : fd_(std::move(fd)) {}

  private:
    UniqueFd fd_;
};

}  // namespace

Result<void> SystemDeviceMapper::available() {
    const UniqueFd control(::open(kControl, O_RDWR | O_CLOEXEC));  // loads the module, if it can
    if (control.valid()) return {};
    const int error = errno;
    const bool forbidden = error == EACCES || error == EPERM;
    // Without the driver there are no mappings, and root rights would only help to load it.
    if (::geteuid() != 0 ? driver_is_loaded() : forbidden)
        return fail(Errc::AccessDenied, "cannot initialize device-mapper: %s: %s", kControl,
                    std::strerror(error));
    // If the driver is present, libdevmapper creates a missing node.
    if (error == ENOENT && ::geteuid() == 0 && (driver_is_loaded() || make_control_and_load()))
        return {};
    return fail(Errc::NotSupported,
                "cannot initialize device-mapper: is the kernel module dm_mod loaded? %s: %s",
                kControl, std::strerror(error))
        .with_hint(
            translate("modprobe dm_mod; in a container, /dev/mapper/control has to be passed in"));
}

Result<std::unique_ptr<KernelLock>> SystemDeviceMapper::lock() {
    UniqueFd control(::open(kControl, O_RDONLY | O_CLOEXEC));
    // Without a node (libdevmapper creates it later) there is no other process to lock out.
    if (!control.valid() && errno == ENOENT)
        return std::unique_ptr<KernelLock>(std::make_unique<ControlLock>(UniqueFd()));
    if (!control.valid())
        return fail(Errc::AccessDenied, "cannot lock %s: %s", kControl, std::strerror(errno));
    const auto deadline = std::chrono::steady_clock::now() + kLockWait;
    for (std::chrono::milliseconds pause{1};;
         pause = std::min(pause * 2, std::chrono::milliseconds(32))) {
        if (::flock(control.get(), LOCK_EX | LOCK_NB) == 0)
            return std::unique_ptr<KernelLock>(std::make_unique<ControlLock>(std::move(control)));
        if (errno != EWOULDBLOCK && errno != EINTR)
            return fail(Errc::Io, "cannot lock %s: %s", kControl, std::strerror(errno));
        if (context_.cancelled())
            return fail(Errc::Interrupted, "stopped while waiting for device-mapper");
        if (std::chrono::steady_clock::now() >= deadline)
            return fail(Errc::Locked, "another program has been creating mappings for %lld seconds",
                        static_cast<long long>(kLockWait.count() / 1000));
        std::this_thread::sleep_for(pause);
    }
}

}  // namespace latchkey::activate
