// SPDX-License-Identifier: LGPL-2.1-or-later
// Reads what the kernel reports about loop devices and partitions.
#include <dirent.h>
#include <fcntl.h>
#include <linux/loop.h>
#include <sys/ioctl.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <cerrno>
#include <iterator>
#include <memory>

#include "base/strprintf.h"
#include "base/unique_fd.h"
#include "io/holders.h"
#include "io/identity.h"
#include "io/kernel_text.h"

namespace latchkey::io {
namespace {

std::string folder_of(dev_t number) {
    return strprintf("/sys/dev/block/%u:%u", ::major(number), ::minor(number));
}

// Opens the node that the kernel names, if it is that device.
UniqueFd open_node(dev_t number, const std::string& path, int flags) {
    UniqueFd fd(::open(path.c_str(), flags | O_CLOEXEC | O_NONBLOCK));
    struct stat status = {};
    if (fd.valid() &&
        (::fstat(fd.get(), &status) != 0 || !S_ISBLK(status.st_mode) || status.st_rdev != number)) {
        fd = UniqueFd();
        errno = ENODEV;
    }
    return fd;
}

std::string node_of(const std::string& folder) {
    return node_in_uevent(folder + "/uevent");
}

// Returns nothing for a loop device without a file.  If this process may not query the loop device, uses the path of
// its file.
std::optional<Below> below_loop(dev_t number, const std::string& folder) {
    const auto path = kernel_line(folder + "/loop/backing_file");
    if (!path) return std::nullopt;
    Below below{.what = identity_at(*path),
                .offset = number_in(kernel_line(folder + "/loop/offset")).value_or(0),
                .path = *path};
    const UniqueFd fd = open_node(number, node_of(folder), O_RDONLY);
    loop_info64 info = {};
    if (!fd.valid() || ::ioctl(fd.get(), LOOP_GET_STATUS64, &info) != 0) return below;
    below.offset = info.lo_offset;
    if (info.lo_rdevice != 0)
        below.what = {.kind = DeviceIdentity::Kind::Block, .device = info.lo_rdevice};
    else
        below.what = {
            .kind = DeviceIdentity::Kind::File, .device = info.lo_device, .inode = info.lo_inode};
    return below;
}

std::optional<Below> below_partition(const std::string& folder) {
    if (!kernel_line(folder + "/partition")) return std::nullopt;
    const auto disk = device_number(kernel_line(folder + "/../dev"));
    const auto start = number_in(kernel_line(folder + "/start"));  // 512-byte sectors
    if (!disk || !start || *start > UINT64_MAX / kSectorSize) return std::nullopt;
    return Below{.what = {.kind = DeviceIdentity::Kind::Block, .device = *disk},
                 .offset = *start * kSectorSize,
                 .path = node_of(folder_of(*disk))};
}

bool is_held(dev_t number, const std::string& path) {
    if (open_node(number, path, O_RDONLY | O_EXCL).valid()) return false;
    if (errno == EBUSY) return true;
    // Without the right to open the device, mounts and mappings are still visible.
    return !find_users(::major(number), ::minor(number)).empty();
}

}  // namespace

std::optional<Below> look_below(const DeviceIdentity& device) {
    if (device.kind != DeviceIdentity::Kind::Block) return std::nullopt;
    const std::string folder = folder_of(device.device);
    auto below = below_partition(folder);
    return below ? below : below_loop(device.device, folder);
}

std::vector<Loop> loops_over(const DeviceIdentity& device) {
    std::vector<Loop> loops;
    const std::string mounts = kernel_text("/proc/self/mountinfo").value_or("");
    if (!device.known()) return loops;
    const auto close = [](DIR* directory) { ::closedir(directory); };
    const std::unique_ptr<DIR, decltype(close)> directory(::opendir("/sys/block"), close);
    if (!directory) return loops;
    while (const dirent* entry = ::readdir(directory.get())) {
        const std::string name = entry->d_name;
        if (!name.starts_with("loop")) continue;
        const auto number = device_number(kernel_line("/sys/block/" + name + "/dev"));
        // A loop device over a served volume is not opened or looked up: if the serving process does not answer, either
        // would wait for ever.  Such a device can only be over `device` if that is the volume's own file.
        const auto served =
            number
                ? served_volume_at(
                      mounts, kernel_line(folder_of(*number) + "/loop/backing_file").value_or(""))
                : std::nullopt;
        if (served && *served != device.device) continue;
        const auto below = number ? below_loop(*number, folder_of(*number)) : std::nullopt;
        if (!below || below->what != device) continue;
        Loop loop{.number = *number, .path = node_of(folder_of(*number))};
        loop.held = is_held(loop.number, loop.path);
        loops.push_back(std::move(loop));
    }
    return loops;
}

}  // namespace latchkey::io
