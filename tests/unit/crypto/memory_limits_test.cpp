// SPDX-License-Identifier: GPL-2.0-or-later
#include "crypto/memory_limits.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

namespace latchkey::crypto {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr const char* kMeminfo =
    "MemTotal:       24682416 kB\nMemFree:        1682416 kB\nMemAvailable:   22031900 kB\n"
    "SwapTotal:       2097152 kB\nSwapFree:        1048576 kB\n";

ReadFile files(std::map<std::string, std::string> contents) {
    return [contents = std::move(contents)](const std::string& path) -> std::optional<std::string> {
        const auto file = contents.find(path);
        if (file == contents.end()) return std::nullopt;
        return file->second;
    };
}

TEST(Meminfo, FindsWholeNames) {
    EXPECT_EQ(parse_meminfo(kMeminfo, "MemAvailable"), 22031900U);
    EXPECT_EQ(parse_meminfo(kMeminfo, "SwapFree"), 1048576U);
    EXPECT_EQ(parse_meminfo(kMeminfo, "Mem"), std::nullopt);
    EXPECT_EQ(parse_meminfo(kMeminfo, "Hugepagesize"), std::nullopt);
    EXPECT_EQ(parse_meminfo("MemAvailable: lots", "MemAvailable"), std::nullopt);
    EXPECT_EQ(parse_meminfo("", "MemAvailable"), std::nullopt);
}

TEST(Cgroups, UnifiedFromOursUpToTheMount) {
    EXPECT_THAT(
        memory_cgroups("0::/user.slice/user-0.slice/session-1.scope\n",
                       "35 24 0:30 / /sys/fs/cgroup rw,nosuid shared:9 - cgroup2 cgroup2 "
                       "rw,nsdelegate\n"),
        ElementsAre(CgroupDirectory{"/sys/fs/cgroup/user.slice/user-0.slice/session-1.scope", true},
                    CgroupDirectory{"/sys/fs/cgroup/user.slice/user-0.slice", true},
                    CgroupDirectory{"/sys/fs/cgroup/user.slice", true},
                    CgroupDirectory{"/sys/fs/cgroup", true}));
}

TEST(Cgroups, LegacyAndUnifiedSideBySide) {
    EXPECT_THAT(memory_cgroups(
                    "9:name=systemd:/\n4:cpu,memory:/job/7\n1:cpuset:/x\n0::/\n",
                    "31 23 0:28 / /sys/fs/cgroup rw - tmpfs tmpfs rw,mode=755\n"
                    "34 31 0:31 / /sys/fs/cgroup/cpuset rw - cgroup cgroup rw,cpuset\n"
                    "35 31 0:32 / /sys/fs/cgroup/memory rw,relatime - cgroup cgroup rw,cpu,memory\n"
                    "41 31 0:38 / /sys/fs/cgroup/unified rw,relatime - cgroup2 cgroup2 rw\n"),
                ElementsAre(CgroupDirectory{"/sys/fs/cgroup/memory/job/7", false},
                            CgroupDirectory{"/sys/fs/cgroup/memory/job", false},
                            CgroupDirectory{"/sys/fs/cgroup/memory", false},
                            CgroupDirectory{"/sys/fs/cgroup/unified", true}));
}

TEST(Cgroups, MountOfAPartOfTheHierarchy) {
    const char* mountinfo = "35 24 0:30 /docker/abc /sys/fs/cgroup ro - cgroup2 cgroup rw\n";
    EXPECT_THAT(memory_cgroups("0::/docker/abc/inner\n", mountinfo),
                ElementsAre(CgroupDirectory{"/sys/fs/cgroup/inner", true},
                            CgroupDirectory{"/sys/fs/cgroup", true}));
    EXPECT_THAT(memory_cgroups("0::/docker/abcdef\n", mountinfo),  // a neighbour, not a child
                ElementsAre(CgroupDirectory{"/sys/fs/cgroup", true}));
    EXPECT_THAT(
        memory_cgroups("0::/../outside\n", "35 24 0:30 / /sys/fs/cgroup ro - cgroup2 cgroup rw\n"),
        ElementsAre(CgroupDirectory{"/sys/fs/cgroup", true}));
}

TEST(Cgroups, MountPointsWithBlanks) {
    EXPECT_THAT(memory_cgroups("0::/\n", "35 24 0:30 / /my\\040groups rw - cgroup2 cgroup2 rw\n"),
                ElementsAre(CgroupDirectory{"/my groups", true}));
}

TEST(Cgroups, NoneOrNonsense) {
    EXPECT_THAT(memory_cgroups("", ""), IsEmpty());
    EXPECT_THAT(memory_cgroups("0::/a\n", "1 2 3\n- - - -\n35 24 0:30 / /x rw -\n"), IsEmpty());
    EXPECT_THAT(memory_cgroups("nonsense", "35 24 0:30 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n"),
                IsEmpty());
}

TEST(CgroupHeadroom, UnifiedCountsFileCacheAsFree) {
    const ReadFile read = files(
        {{"/c/memory.max", "536870912\n"},
         {"/c/memory.current", "500000000\n"},
         {"/c/memory.stat", "anon 77\nfile 9\ninactive_file 300000000\nactive_file 100000000\n"}});
    EXPECT_EQ(cgroup_headroom_kib({"/c", true}, read), (536870912U - 100000000U) / 1024);
    EXPECT_EQ(cgroup_headroom_kib({"/c", false}, read), std::nullopt);
}

TEST(CgroupHeadroom, LegacyCountsFileCacheAsFree) {
    const ReadFile read =
        files({{"/c/memory.limit_in_bytes", "536870912\n"},
               {"/c/memory.usage_in_bytes", "500000000\n"},
               {"/c/memory.stat",
                "inactive_file 1\ntotal_inactive_file 300000000\ntotal_active_file 0\n"}});
    EXPECT_EQ(cgroup_headroom_kib({"/c", false}, read), (536870912U - 200000000U) / 1024);
}

TEST(CgroupHeadroom, NoLimit) {
    EXPECT_EQ(cgroup_headroom_kib({"/c", true}, files({{"/c/memory.max", "max\n"}})), std::nullopt);
    EXPECT_EQ(cgroup_headroom_kib({"/c", true}, files({})), std::nullopt);
    EXPECT_EQ(cgroup_headroom_kib({"/c", false},
                                  files({{"/c/memory.limit_in_bytes", "9223372036854771712\n"}})),
              std::nullopt);
}

TEST(CgroupHeadroom, NeverBelowNothing) {
    const ReadFile over = files({{"/c/memory.max", "1000\n"}, {"/c/memory.current", "5000\n"}});
    EXPECT_EQ(cgroup_headroom_kib({"/c", true}, over), 0U);
    const ReadFile odd = files({{"/c/memory.max", "102400\n"},
                                {"/c/memory.current", "5000\n"},
                                {"/c/memory.stat", "inactive_file 99999\n"}});
    EXPECT_EQ(cgroup_headroom_kib({"/c", true}, odd), 100U);
}

TEST(MemoryHeadroom, IsTheLeastOfMachineAndCgroups) {
    std::map<std::string, std::string> tree = {
        {"/proc/meminfo", kMeminfo},
        {"/proc/self/cgroup", "0::/a/b\n"},
        {"/proc/self/mountinfo", "35 24 0:30 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n"}};
    EXPECT_EQ(memory_headroom(files(tree)).kib, 22031900U + 1048576U);
    EXPECT_EQ(memory_headroom(files(tree)).cgroup, "");

    tree["/sys/fs/cgroup/a/b/memory.max"] = "max";
    tree["/sys/fs/cgroup/a/memory.max"] = "1073741824";
    tree["/sys/fs/cgroup/a/memory.current"] = "1048576";
    EXPECT_EQ(memory_headroom(files(tree)).kib, 1048576U - 1024U);
    EXPECT_EQ(memory_headroom(files(tree)).cgroup, "/sys/fs/cgroup/a");

    tree["/sys/fs/cgroup/a/memory.max"] = "107374182400";  // more than the machine has
    EXPECT_EQ(memory_headroom(files(tree)).cgroup, "");
}

TEST(MemoryHeadroom, WithoutProcThereIsNoLimit) {
    EXPECT_EQ(memory_headroom(files({})).kib, UINT64_MAX);
}

}  // namespace
}  // namespace latchkey::crypto
