// SPDX-License-Identifier: LGPL-2.1-or-later
#include "boot/mounted.h"

#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <utility>

#include "latchkey/device.h"
#include "latchkey/find_device.h"

namespace latchkey::boot {
namespace {

Result<std::string> new_folder() {
    // /run is in memory and belongs to root; it exists on every system that has booted.
    for (const char* parent : {"/run", "/tmp"}) {
        std::string folder = std::string(parent) + "/latchkey-XXXXXX";
        if (::mkdtemp(folder.data()) != nullptr) return folder;
    }
    return fail(Errc::Io, "cannot make a folder to mount in: %s", std::strerror(errno));
}

}  // namespace

Result<MountedDevice> MountedDevice::mount(Context& context, const std::string& device) {
    LK_ASSIGN(const std::string path, find_device(device));
    LK_ASSIGN(const Device opened, Device::open(context, path, Access::ReadOnly));
    LK_ASSIGN(const auto signatures, find_signatures(opened));
    LK_ASSIGN(std::string folder, new_folder());
    MountedDevice mounted(std::move(folder));
    // The very device that was looked at; it has to stay open for that.
    const std::string source = opened.open_path();
    int problem = 0;
    for (const Signature& signature : signatures) {
        if (signature.kind != "superblock") continue;
        constexpr unsigned long kFlags = MS_RDONLY | MS_NODEV | MS_NOSUID | MS_NOEXEC;
        if (::mount(source.c_str(), mounted.folder_.c_str(), signature.name.c_str(), kFlags,
                    nullptr) == 0)
            return mounted;
        problem = errno;
    }
    if (problem == 0)
        return fail(Errc::NotThisFormat, "device %s shows no file system", path.c_str());
    return fail(Errc::Io, "cannot mount %s: %s", path.c_str(), std::strerror(problem));
}

MountedDevice::MountedDevice(MountedDevice&& from) noexcept
    : folder_(std::exchange(from.folder_, {})) {}

MountedDevice& MountedDevice::operator=(MountedDevice&& from) noexcept {
    std::swap(folder_, from.folder_);
    return *this;
}

MountedDevice::~MountedDevice() {
    if (folder_.empty()) return;
    // Lazily, so that a look by somebody else at the wrong time does not leave it there.
    if (::umount2(folder_.c_str(), 0) != 0 && errno == EBUSY)
        ::umount2(folder_.c_str(), MNT_DETACH);
    ::rmdir(folder_.c_str());
}

Result<std::string> MountedDevice::path_of(const std::string& path) const {
    const std::string inside = folder_ + "/" + path;
    const std::unique_ptr<char, decltype(&std::free)> real(::realpath(inside.c_str(), nullptr),
                                                           &std::free);
    if (!real)
        return fail(Errc::NoDevice, "file %s is not on the device: %s", path.c_str(),
                    std::strerror(errno));
    const std::string found(real.get());
    if (!found.starts_with(folder_ + "/"))
        return fail(Errc::InvalidArgument, "file %s leads out of the device", path.c_str());
    return found;
}

}  // namespace latchkey::boot
