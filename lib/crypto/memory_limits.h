// SPDX-License-Identifier: LGPL-2.1-or-later
// How much memory is left, read out of /proc and /sys; the files come in as text, so that tests can write them.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace latchkey::crypto {

// The text of a file, or nothing if it cannot be read.
using ReadFile = std::function<std::optional<std::string>(const std::string& path)>;

// A value of /proc/meminfo ("MemAvailable") in KiB.
[[nodiscard]] std::optional<std::uint64_t> parse_meminfo(std::string_view text,
                                                         std::string_view field);

// A directory of the memory controller that limits us.
struct CgroupDirectory {
    std::string path;  // "/sys/fs/cgroup/user.slice"
    bool unified;      // cgroup v2
    bool operator==(const CgroupDirectory&) const = default;
};

// From our own cgroup up to the mount point, of both hierarchies where both are there.
// The arguments are the texts of /proc/self/cgroup and /proc/self/mountinfo.
[[nodiscard]] std::vector<CgroupDirectory> memory_cgroups(std::string_view cgroup,
                                                          std::string_view mountinfo);

// What one cgroup still allows, in KiB: limit minus use, where file cache counts as free because the
// kernel takes it back first.  Nothing if there is no limit.
[[nodiscard]] std::optional<std::uint64_t> cgroup_headroom_kib(const CgroupDirectory& directory,
                                                               const ReadFile& read);

struct MemoryHeadroom {
    std::uint64_t kib = UINT64_MAX;
    std::string cgroup = {};  // the one that allows least, or "" if it is the machine
};
[[nodiscard]] MemoryHeadroom memory_headroom(const ReadFile& read);

// Of this machine.
[[nodiscard]] MemoryHeadroom system_memory_headroom();
[[nodiscard]] std::uint64_t swap_kib();  // in all, used or not

}  // namespace latchkey::crypto
