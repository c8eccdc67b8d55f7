// SPDX-License-Identifier: LGPL-2.1-or-later
// Finds out how much memory is left, from text of /proc and /sys.  Callers pass the text, so tests can supply it.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace latchkey::crypto {

// Returns the text of a file, or nothing if it cannot be read.
using ReadFile = std::function<std::optional<std::string>(const std::string& path)>;

// Returns a value of /proc/meminfo ("MemAvailable") in KiB.
[[nodiscard]] std::optional<std::uint64_t> parse_meminfo(std::string_view text,
                                                         std::string_view field);

// A memory-controller directory that limits this process.
struct CgroupDirectory {
    std::string path;  // "/sys/fs/cgroup/user.slice"
    bool unified;      // cgroup v2
    bool operator==(const CgroupDirectory&) const = default;
};

// Lists the directories from this process's cgroup up to the mount point, in both hierarchies if both exist.
// The arguments are the texts of /proc/self/cgroup and /proc/self/mountinfo.
[[nodiscard]] std::vector<CgroupDirectory> memory_cgroups(std::string_view cgroup,
                                                          std::string_view mountinfo);

// Returns what one cgroup still allows, in KiB: the limit minus the use.  File cache counts as free, because the kernel
// reclaims it first.  Nothing if there is no limit.
[[nodiscard]] std::optional<std::uint64_t> cgroup_headroom_kib(const CgroupDirectory& directory,
                                                               const ReadFile& read);

struct MemoryHeadroom {
    std::uint64_t kib = UINT64_MAX;
    std::string cgroup =
        {};  // the cgroup that allows least, or "" if the machine itself is the limit
};
[[nodiscard]] MemoryHeadroom memory_headroom(const ReadFile& read);

// These two ask the machine.
[[nodiscard]] MemoryHeadroom system_memory_headroom();
[[nodiscard]] std::uint64_t swap_kib();  // total, used or not

}  // namespace latchkey::crypto
