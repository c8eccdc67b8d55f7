// SPDX-License-Identifier: LGPL-2.1-or-later
#include "latchkey/machine.h"

#include <dirent.h>
#include <sys/sysmacros.h>

#include <algorithm>
#include <cstdlib>
#include <memory>

#include "activate/userspace/places.h"
#include "base/strprintf.h"
#include "io/holders.h"
#include "io/identity.h"
#include "io/kernel_text.h"
#include "latchkey/mounts.h"

namespace latchkey::machine {
namespace {

constexpr std::string_view kBlockClass = "/sys/class/block/";

std::vector<std::string> names_in(const std::string& folder) {
    std::vector<std::string> names;
    const auto close = [](DIR* directory) { ::closedir(directory); };
    const std::unique_ptr<DIR, decltype(close)> directory(::opendir(folder.c_str()), close);
    if (!directory) return names;
    while (const dirent* entry = ::readdir(directory.get())) names.emplace_back(entry->d_name);
    std::ranges::sort(names);
    return names;
}

std::string line_at(const std::string& path) {
    return io::kernel_line(path).value_or("");
}

bool is_remote(std::string_view type) {
    constexpr std::string_view kRemote[] = {"nfs", "nfs4", "cifs", "smb3", "9p", "ceph", "afs"};
    // "fuseblk" reads a local disk.
    return type == "fuse" || type.starts_with("fuse.") ||
           std::ranges::find(kRemote, type) != std::end(kRemote);
}

// Returns the name of the served volume whose plaintext the file is; "" if it is another file.
std::string served_name(std::string_view file) {
    const std::size_t slash = file.rfind('/');
    if (slash == std::string_view::npos) return {};
    for (const std::string& folder : userspace::possible_folders(userspace::this_user()))
        if (file.substr(0, slash) == folder) return std::string(file.substr(slash + 1));
    return {};
}

// Returns whether it is a loop device over such a file, a suspended mapping, or anything above one.
bool waits_for_others(const std::string& mountinfo, const std::string& name, int depth = 0) {
    const std::string folder = std::string(kBlockClass) + name;
    const std::string file = line_at(folder + "/loop/backing_file");
    if (!file.empty() && may_hang(mountinfo, file)) return true;
    if (line_at(folder + "/dm/suspended") == "1" || depth > 16) return true;
    std::vector<std::string> below = names_in(folder + "/slaves");
    if (!line_at(folder + "/partition").empty()) {
        const std::unique_ptr<char, decltype(&std::free)> real(
            ::realpath((folder + "/..").c_str(), nullptr), &std::free);
        const std::string parent = real ? real.get() : "";
        below.push_back(parent.substr(parent.rfind('/') + 1));
    }
    return std::ranges::any_of(below, [&](const std::string& one) {
        return !one.starts_with(".") && waits_for_others(mountinfo, one, depth + 1);
    });
}

}  // namespace

bool may_hang(std::string_view mountinfo, std::string_view file) {
    std::size_t longest = 0;
    bool found = false;
    for (const Mount& mount : mounts_in(mountinfo)) {
        const std::string& point = mount.folder;
        const bool inside = file == point || point == "/" ||
                            (file.starts_with(point) && file.substr(point.size()).starts_with('/'));
        // Of equal mount points the last one counts: it covers the others.
        if (!inside || point.size() < longest) continue;
        longest = point.size();
        found = is_remote(mount.type);
    }
    return found;
}

std::vector<Disk> disks() {
    const std::string mountinfo = io::kernel_text("/proc/self/mountinfo").value_or("");
    std::vector<Disk> all;
    for (const std::string& name : names_in(std::string(kBlockClass))) {
        const std::string folder = std::string(kBlockClass) + name;
        const auto number = io::device_number(io::kernel_line(folder + "/dev"));
        const auto sectors = io::number_in(io::kernel_line(folder + "/size"));
        if (!number || sectors.value_or(0) == 0) continue;
        Disk disk{.path = io::node_in_uevent(folder + "/uevent"),
                  .mapping = line_at(folder + "/dm/name"),
                  .dm_uuid = line_at(folder + "/dm/uuid"),
                  .identity = io::block_identity(major(*number), minor(*number)),
                  .size_bytes = *sectors * 512,
                  .backing_file = line_at(folder + "/loop/backing_file"),
                  .answers = !waits_for_others(mountinfo, name)};
        disk.served = served_name(disk.backing_file);
        if (!disk.mapping.empty()) disk.path = "/dev/mapper/" + disk.mapping;
        if (disk.path.empty()) disk.path = "/dev/" + name;
        all.push_back(std::move(disk));
    }
    return all;
}

std::vector<std::string> served_names() {
    constexpr std::string_view kSuffix = ".control";
    std::vector<std::string> served;
    for (const std::string& folder : userspace::possible_folders(userspace::this_user()))
        for (const std::string& name : names_in(folder))
            if (name.starts_with('.') && name.ends_with(kSuffix) &&
                name.size() > kSuffix.size() + 1)
                served.push_back(name.substr(1, name.size() - kSuffix.size() - 1));
    return served;
}

std::vector<std::string> mounted_at(const DeviceIdentity& device) {
    std::vector<std::string> places;
    if (device.kind != DeviceIdentity::Kind::Block) return places;
    for (const Holder& holder : io::find_users(major(device.device), minor(device.device)))
        if (holder.kind == Holder::Kind::Mount || holder.kind == Holder::Kind::Swap)
            places.push_back(holder.what);
    return places;
}

KnownContent content_in(std::string_view record) {
    KnownContent content;
    while (!record.empty()) {
        const std::size_t end = std::min(record.find('\n'), record.size());
        const std::string_view line = record.substr(0, end);
        record.remove_prefix(std::min(end + 1, record.size()));
        const auto take = [line](std::string_view key, std::string& into) {
            if (line.starts_with(key)) into = line.substr(key.size());
        };
        take("E:ID_FS_TYPE=", content.type);
        take("E:ID_FS_VERSION=", content.version);
        take("E:ID_FS_UUID=", content.uuid);
        take("E:ID_FS_LABEL=", content.label);
    }
    return content;
}

KnownContent content_by_udev(const DeviceIdentity& device) {
    if (device.kind != DeviceIdentity::Kind::Block) return {};
    const std::string path =
        strprintf("/run/udev/data/b%u:%u", static_cast<unsigned>(major(device.device)),
                  static_cast<unsigned>(minor(device.device)));
    return content_in(io::kernel_text(path).value_or(""));
}

}  // namespace latchkey::machine
