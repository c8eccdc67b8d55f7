// SPDX-License-Identifier: GPL-2.0-or-later
// With udev running, and without it.  Run under kernel-lab --udev.
#include <gtest/gtest.h>
#include <sched.h>

#include <chrono>
#include <filesystem>
#include <fstream>

#include "support/child.h"
#include "volumes.h"

namespace latchkey {
namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

class KernelUdev : public testing::Test {
  protected:
    void SetUp() override { ASSERT_TRUE(fs::exists("/run/udev/control")) << "udev does not run"; }
    // Counts the semaphores of cookies; the first line is a heading.
    static int semaphores() {
        std::ifstream list("/proc/sysvipc/sem");
        int lines = -1;
        for (std::string line; std::getline(list, line);) ++lines;
        return lines;
    }
    test::TempDir directory_;
    test::SampleVolume volume_{test::SampleVolume::Kind::Luks2, directory_ / "image"};
};

TEST_F(KernelUdev, IsWaitedForAndMakesTheLinks) {
    const int before = semaphores();
    ASSERT_TRUE(volume_.open("links"));
    EXPECT_TRUE(fs::is_symlink("/dev/mapper/links"));
    EXPECT_TRUE(fs::is_symlink("/dev/disk/by-id/dm-name-links"));
    EXPECT_EQ(semaphores(), before);
    ASSERT_TRUE(test::close_mapping("links"));
    EXPECT_FALSE(fs::exists(fs::symlink_status("/dev/mapper/links")));
    EXPECT_EQ(semaphores(), before);
}

TEST_F(KernelUdev, IsNotWaitedForInAPrivateIpcNamespace) {
    const auto start = Clock::now();
    const int status = test::in_child([&] {
        if (::unshare(CLONE_NEWIPC) != 0) return 10;
        std::string log;
        Context context;
        context.log_sink = [&](LogLevel level, std::string_view text) {
            if (level <= LogLevel::Verbose) log += text;
        };
        if (!volume_.open(context, "alone")) return 11;
        if (log != "udev cannot answer into this IPC namespace: making device nodes without it")
            return 12;
        if (!fs::exists("/dev/mapper/alone")) return 13;
        if (!test::close_mapping("alone")) return 14;
        return fs::exists(fs::symlink_status("/dev/mapper/alone")) ? 15 : 0;
    });
    EXPECT_EQ(status, 0);
    EXPECT_LT(Clock::now() - start, std::chrono::seconds(10));
}

}  // namespace
}  // namespace latchkey
