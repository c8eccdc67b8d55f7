// SPDX-License-Identifier: LGPL-2.1-or-later
// Whether this process can use device-mapper, and one at a time.
#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <thread>

#include "activate/devmapper/system_device_mapper.h"
#include "base/i18n.h"
#include "base/unique_fd.h"

namespace latchkey::activate {
namespace {

constexpr const char* kControl = "/dev/mapper/control";
constexpr std::chrono::milliseconds kLockWait{30'000};

bool driver_is_loaded() {
    std::ifstream misc("/proc/misc");
    std::string number;
    std::string name;
    while (misc >> number >> name)
        if (name == "device-mapper") return true;
    return false;
}

// A file lock belongs to the open file: closing it, also by dying, unlocks.
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
    // Where the driver is not loaded there are no mappings, and being root would only let us load it.
    if (::geteuid() != 0 ? driver_is_loaded() : forbidden)
        return fail(Errc::AccessDenied, "cannot initialize device-mapper: %s: %s", kControl,
                    std::strerror(error));
    // Without a node libdevmapper makes one, if the driver is there.
    if (error == ENOENT && ::geteuid() == 0 && driver_is_loaded()) return {};
    return fail(Errc::NotSupported,
                "cannot initialize device-mapper: is the kernel module dm_mod loaded? %s: %s",
                kControl, std::strerror(error))
        .with_hint(
            translate("modprobe dm_mod; in a container, /dev/mapper/control has to be passed in"));
}

Result<std::unique_ptr<KernelLock>> SystemDeviceMapper::lock() {
    UniqueFd control(::open(kControl, O_RDONLY | O_CLOEXEC));
    // Where libdevmapper is yet to make the node there is nobody to keep out.
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
        if (context_.cancelled()) return fail(Errc::Interrupted, "interrupted while waiting");
        if (std::chrono::steady_clock::now() >= deadline)
            return fail(Errc::Locked, "another program has been creating mappings for %lld seconds",
                        static_cast<long long>(kLockWait.count() / 1000));
        std::this_thread::sleep_for(pause);
    }
}

}  // namespace latchkey::activate
