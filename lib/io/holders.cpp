// SPDX-License-Identifier: LGPL-2.1-or-later
#include "io/holders.h"

#include <dirent.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <algorithm>
#include <memory>

#include "base/mounts.h"
#include "base/strprintf.h"
#include "io/identity.h"
#include "io/kernel_text.h"

namespace latchkey::io {
namespace {

std::string read_text(const std::string& path) {
    return kernel_text(path).value_or("");
}
std::string read_line(const std::string& path) {
    return kernel_line(path).value_or("");
}

std::vector<std::string> entries(const std::string& folder) {
    std::vector<std::string> names;
    const auto close = [](DIR* directory) { ::closedir(directory); };
    const std::unique_ptr<DIR, decltype(close)> directory(::opendir(folder.c_str()), close);
    if (!directory) return names;
    while (const dirent* entry = ::readdir(directory.get()))
        if (entry->d_name[0] != '.') names.emplace_back(entry->d_name);
    return names;
}

std::vector<std::string_view> fields_of(std::string_view line) {
    std::vector<std::string_view> fields;
    while (!line.empty()) {
        const auto from = line.find_first_not_of(" \t");
        if (from == std::string_view::npos) break;
        line.remove_prefix(from);
        const auto length = std::min(line.find_first_of(" \t"), line.size());
        fields.push_back(line.substr(0, length));
        line.remove_prefix(length);
    }
    return fields;
}

template <typename Each>
void for_each_line(std::string_view text, Each each) {
    while (!text.empty()) {
        const auto length = std::min(text.find('\n'), text.size());
        each(text.substr(0, length));
        text.remove_prefix(std::min(length + 1, text.size()));
    }
}

bool has_open(const std::string& process, const DeviceIdentity& device) {
    const std::string folder = "/proc/" + process + "/fd";
    for (const std::string& fd : entries(folder)) {
        struct stat status = {};
        if (::stat((folder + "/" + fd).c_str(), &status) == 0 && identity_of(status) == device)
            return true;
    }
    return false;
}

// Returns a name like "cat"; for a process that serves a volume, also the volume: "latchkey-serve home".
std::string process_name(const std::string& process) {
    std::string name = read_line("/proc/" + process + "/comm");
    if (name != "latchkey-serve") return name;
    const std::string words = read_text("/proc/" + process + "/cmdline");
    const auto first = std::min(words.find('\0'), words.size());
    const std::string volume(words.c_str() + std::min(first + 1, words.size()));
    return volume.empty() ? name : name + " " + volume;
}

// Adds the processes that have the device open, as far as this process may see them.  Leaves itself out.
void add_processes(std::vector<Holder>& holders, const DeviceIdentity& device) {
    const std::string self = std::to_string(::getpid());
    for (const std::string& process : entries("/proc")) {
        if (process.find_first_not_of("0123456789") != std::string::npos || process == self)
            continue;
        if (!has_open(process, device)) continue;
        holders.push_back({Holder::Kind::Process, strprintf("process %s (%s)", process.c_str(),
                                                            process_name(process).c_str())});
    }
}

}  // namespace

std::vector<std::string> mount_points(std::string_view mountinfo, std::uint32_t major,
                                      std::uint32_t minor) {
    const std::string number = strprintf("%u:%u", major, minor);
    std::vector<std::string> points;
    for (Mount& mount : mounts_in(mountinfo))
        if (mount.device == number) points.push_back(std::move(mount.folder));
    return points;
}

std::optional<dev_t> served_volume_at(std::string_view mountinfo, std::string_view point) {
    std::optional<dev_t> found;
    for (const Mount& mount : mounts_in(mountinfo))
        if (mount.type == "fuse.latchkey" && mount.folder == point)
            found = device_number(mount.device);
    return found;
}

std::vector<std::string> swap_areas(std::string_view swaps) {
    std::vector<std::string> areas;
    bool heading = true;
    for_each_line(swaps, [&](std::string_view line) {
        const auto fields = fields_of(line);
        if (!heading && !fields.empty()) areas.push_back(without_octal_escapes(fields[0]));
        heading = false;
    });
    return areas;
}

std::vector<Holder> find_users(std::uint32_t major, std::uint32_t minor) {
    std::vector<Holder> holders;
    for (std::string& point : mount_points(read_text("/proc/self/mountinfo"), major, minor))
        holders.push_back({Holder::Kind::Mount, std::move(point)});
    for (const std::string& area : swap_areas(read_text("/proc/swaps"))) {
        struct stat status = {};
        if (::stat(area.c_str(), &status) == 0 &&
            identity_of(status) == block_identity(major, minor))
            holders.push_back({Holder::Kind::Swap, "swap"});
    }
    const std::string device = strprintf("/sys/dev/block/%u:%u", major, minor);
    for (const std::string& above : entries(device + "/holders")) {
        const std::string name = read_line("/sys/class/block/" + above + "/dm/name");
        holders.push_back({Holder::Kind::Device, name.empty() ? above : above + " (" + name + ")"});
    }
    return holders;
}

std::vector<Holder> find_holders(std::uint32_t major, std::uint32_t minor) {
    std::vector<Holder> holders = find_users(major, minor);
    add_processes(holders, block_identity(major, minor));
    return holders;
}

std::vector<Holder> find_holders(const DeviceIdentity& device) {
    std::vector<Holder> holders;
    if (device.kind == DeviceIdentity::Kind::Block)
        holders = find_holders(::major(device.device), ::minor(device.device));
    std::vector<DeviceIdentity> own = {device};
    for (const Below& below : chain_below(device, look_below)) own.push_back(below.what);
    for (const DeviceIdentity& one : own) {
        for (const Loop& loop : loops_over(one)) {
            const DeviceIdentity above = {.kind = DeviceIdentity::Kind::Block,
                                          .device = loop.number};
            if (!loop.held || std::ranges::find(own, above) != own.end()) continue;
            const std::string who =
                list_holders(find_users(::major(loop.number), ::minor(loop.number)));
            holders.push_back({Holder::Kind::Device, loop.path + (who.empty() ? "" : ": " + who)});
        }
        if (one.kind == DeviceIdentity::Kind::File) add_processes(holders, one);
    }
    return holders;
}

std::string list_holders(const std::vector<Holder>& holders) {
    std::string text;
    for (const Holder& holder : holders) text += (text.empty() ? "" : ", ") + holder.what;
    return text;
}

}  // namespace latchkey::io
