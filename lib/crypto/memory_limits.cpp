// SPDX-License-Identifier: LGPL-2.1-or-later
#include "crypto/memory_limits.h"

#include <algorithm>
#include <charconv>

#include "base/bytes.h"
#include "latchkey/mounts.h"

namespace latchkey::crypto {
namespace {

std::string_view take_until(std::string_view& rest, char separator) {
    const std::size_t at = rest.find(separator);
    const std::string_view part = rest.substr(0, at);
    rest = at == std::string_view::npos ? std::string_view() : rest.substr(at + 1);
    return part;
}

std::vector<std::string_view> split(std::string_view text, char separator) {
    std::vector<std::string_view> parts;
    while (!text.empty()) parts.push_back(take_until(text, separator));
    return parts;
}

bool has_part(std::string_view list, std::string_view part) {
    const auto parts = split(list, ',');
    return std::find(parts.begin(), parts.end(), part) != parts.end();
}

// Parses a number at the beginning, whatever follows it ("123 kB"); nothing for "max".
std::optional<std::uint64_t> leading_number(std::string_view text) {
    text.remove_prefix(std::min(text.find_first_not_of(" \t"), text.size()));
    std::uint64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc()) return std::nullopt;
    return number;
}

// Returns the value of a line "name value".
std::uint64_t stat_value(std::string_view text, std::string_view name) {
    for (std::string_view line : split(text, '\n'))
        if (take_until(line, ' ') == name) return leading_number(line).value_or(0);
    return 0;
}

// Returns the path of this process's cgroup below the mount point.  A mount may show only a part of the hierarchy
// ("root"), as in containers.  A cgroup outside that part is not visible, but the mount point is.
std::string_view below_mount(std::string_view cgroup, std::string_view root) {
    if (root == "/") return cgroup;
    if (!cgroup.starts_with(root)) return {};
    const std::string_view rest = cgroup.substr(root.size());
    return rest.empty() || rest.front() == '/' ? rest : std::string_view();
}

void add_directories(std::string_view mount_point, std::string_view below, bool unified,
                     std::vector<CgroupDirectory>& directories) {
    while (!below.empty() && below.back() == '/') below.remove_suffix(1);
    // A leading "/..": the cgroup is outside this namespace.
    if (below.find("/..") != std::string_view::npos) below = {};
    for (;;) {
        directories.push_back({std::string(mount_point) + std::string(below), unified});
        if (below.empty()) return;
        below = below.substr(0, below.rfind('/'));
    }
}

}  // namespace

std::optional<std::uint64_t> parse_meminfo(std::string_view text, std::string_view field) {
    for (std::string_view line : split(text, '\n'))
        if (take_until(line, ':') == field) return leading_number(line);
    return std::nullopt;
}

std::vector<CgroupDirectory> memory_cgroups(std::string_view cgroup, std::string_view mountinfo) {
    std::string_view unified_path;
    std::string_view legacy_path;
    for (std::string_view line : split(cgroup, '\n')) {  // "4:memory:/path", "0::/path"
        const std::string_view id = take_until(line, ':');
        const std::string_view controllers = take_until(line, ':');
        if (id == "0" && controllers.empty()) unified_path = line;
        if (has_part(controllers, "memory")) legacy_path = line;
    }
    std::vector<CgroupDirectory> directories;
    for (const Mount& mount : mounts_in(mountinfo)) {
        const bool unified = mount.type == "cgroup2";
        if (!unified && !(mount.type == "cgroup" && has_part(mount.options, "memory"))) continue;
        const std::string_view path = unified ? unified_path : legacy_path;
        if (path.empty()) continue;
        add_directories(mount.folder, below_mount(path, mount.root), unified, directories);
    }
    return directories;
}

std::optional<std::uint64_t> cgroup_headroom_kib(const CgroupDirectory& directory,
                                                 const ReadFile& read) {
    const bool unified = directory.unified;
    const auto number_in = [&](const char* file) -> std::optional<std::uint64_t> {
        const auto text = read(directory.path + file);
        return text ? leading_number(*text) : std::nullopt;
    };
    const auto limit = number_in(unified ? "/memory.max" : "/memory.limit_in_bytes");
    // Version 1 has no value for "no limit"; it reports the largest multiple of a page in 63 bits.
    constexpr std::uint64_t kNoLimit = std::uint64_t{1} << 62;
    if (!limit || *limit >= kNoLimit) return std::nullopt;
    const std::uint64_t used =
        number_in(unified ? "/memory.current" : "/memory.usage_in_bytes").value_or(0);
    const std::string stat = read(directory.path + "/memory.stat").value_or("");
    const std::uint64_t cache =
        stat_value(stat, unified ? "inactive_file" : "total_inactive_file") +
        stat_value(stat, unified ? "active_file" : "total_active_file");
    const std::uint64_t pinned = used - std::min(used, cache);
    return (*limit - std::min(*limit, pinned)) / 1024;
}

MemoryHeadroom memory_headroom(const ReadFile& read) {
    MemoryHeadroom headroom;
    const std::string meminfo = read("/proc/meminfo").value_or("");
    if (const auto available = parse_meminfo(meminfo, "MemAvailable"))
        headroom.kib = *available + parse_meminfo(meminfo, "SwapFree").value_or(0);
    for (const CgroupDirectory& directory : memory_cgroups(
             read("/proc/self/cgroup").value_or(""), read("/proc/self/mountinfo").value_or(""))) {
        const auto kib = cgroup_headroom_kib(directory, read);
        if (!kib || *kib >= headroom.kib) continue;
        headroom = {*kib, directory.path};
    }
    return headroom;
}

}  // namespace latchkey::crypto
