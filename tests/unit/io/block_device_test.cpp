// SPDX-License-Identifier: GPL-2.0-or-later
// FileDevice on real block devices: loop devices with blocks of 512 and 4096 bytes.
#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sched.h>
#include <sys/mount.h>

#include <algorithm>
#include <thread>

#include "io/file_device.h"
#include "support/child.h"
#include "support/loop_device.h"
#include "support/random.h"
#include "support/temp_dir.h"

namespace latchkey::io {
namespace {

using test::TempDir;
using testing::HasSubstr;

constexpr std::size_t kDiskSize = 3 * 1024 * 1024;

class LoopWithBlocks : public testing::TestWithParam<int> {
  protected:
    [[nodiscard]] static std::string sector_size() {
        return "--sector-size=" + std::to_string(GetParam());
    }
};

using test::random_bytes;

// Any offset and length, past the page cache, compared with a plain vector.  LUKS1 headers of old programs have areas
// at offsets that are not at the start of a 4096-byte block.
TEST_P(LoopWithBlocks, TakesAnyOffsetAndLength) {
    const TempDir dir;
    test::SeededRandom random(11);
    Bytes model = random_bytes(random, kDiskSize);
    const std::string file = dir.file("disk", model);
    LATCHKEY_LOOP_OR_SKIP(loop, file, {sector_size()});
    const auto opened = open_file_device(loop.path(), Access::Exclusive);
    ASSERT_TRUE(opened) << opened.error().message;
    const auto device = std::dynamic_pointer_cast<FileDevice>(*opened);
    ASSERT_TRUE(device);
    EXPECT_TRUE(device->direct()) << "a loop device takes O_DIRECT";
    EXPECT_EQ(device->size(), kDiskSize);
    EXPECT_EQ(device->topology().logical_block, static_cast<std::uint32_t>(GetParam()));
    EXPECT_FALSE(device->topology().regular_file);

    for (int i = 0; i < 150; ++i) {
        const std::uint64_t most =
            i % 10 == 0 ? 2'500'000 : 10'000;  // bytes; also larger than one bounce buffer
        const std::uint64_t offset = random.below(kDiskSize);
        const std::size_t length = random.below(std::min(kDiskSize - offset, most) + 1);
        if (random.below(2) == 0) {
            const Bytes bytes = random_bytes(random, length);
            ASSERT_TRUE(device->write(offset, bytes));
            std::ranges::copy(bytes, model.begin() + static_cast<std::ptrdiff_t>(offset));
        } else {
            Bytes bytes(length);
            ASSERT_TRUE(device->read(offset, bytes));
            ASSERT_TRUE(std::ranges::equal(bytes, ByteView(model).subspan(offset, length))) << i;
        }
    }
    ASSERT_TRUE(device->flush());
    EXPECT_TRUE(device->direct()) << "no transfer may have been refused";
    EXPECT_EQ(test::read_file(file), model);
}

TEST_P(LoopWithBlocks, NeighboursInOneBlockDoNotLoseEachOther) {
    const TempDir dir;
    const std::string file = dir.sparse_file("disk", kDiskSize);
    LATCHKEY_LOOP_OR_SKIP(loop, file, {sector_size()});
    const auto device = open_file_device(loop.path(), Access::ReadWrite);
    ASSERT_TRUE(device);
    std::vector<std::thread> threads;
    for (int t = 0; t < 4; ++t)
        threads.emplace_back([&device, t] {
            const Bytes bytes(100, static_cast<std::byte>(t + 1));
            for (std::uint64_t at = static_cast<std::uint64_t>(t) * 100; at < 40000; at += 400)
                EXPECT_TRUE((*device)->write(at, bytes));
        });
    for (std::thread& thread : threads) thread.join();
    Bytes now(40000);
    ASSERT_TRUE((*device)->read(0, now));
    for (std::size_t i = 0; i < now.size(); ++i)
        ASSERT_EQ(now[i], static_cast<std::byte>(i / 100 % 4 + 1)) << i;
}

TEST_P(LoopWithBlocks, RefusesWhatLiesBehindItsEnd) {
    const TempDir dir;
    const std::string file = dir.sparse_file("disk", kDiskSize);
    LATCHKEY_LOOP_OR_SKIP(loop, file, {sector_size()});
    const auto device = open_file_device(loop.path(), Access::ReadWrite);
    ASSERT_TRUE(device);
    Bytes bytes(2);
    EXPECT_EQ((*device)->read(kDiskSize - 1, bytes).error().code, Errc::DeviceTooSmall);
    EXPECT_EQ((*device)->write(~std::uint64_t{0}, bytes).error().code, Errc::DeviceTooSmall);
    EXPECT_EQ((*device)->grow(kDiskSize + 1).error().code, Errc::DeviceTooSmall);
    EXPECT_TRUE((*device)->grow(kDiskSize));
}

INSTANTIATE_TEST_SUITE_P(All, LoopWithBlocks, testing::Values(512, 4096),
                         testing::PrintToStringParamName());

TEST(BlockDevice, IsExclusiveOnlyOnce) {
    const TempDir dir;
    LATCHKEY_LOOP_OR_SKIP(loop, dir.sparse_file("disk", kDiskSize));
    const auto first = open_file_device(loop.path(), Access::Exclusive);
    ASSERT_TRUE(first) << first.error().message;
    const auto second = open_file_device(loop.path(), Access::Exclusive);
    ASSERT_FALSE(second);
    EXPECT_EQ(second.error().code, Errc::Busy);
    EXPECT_EQ(second.error().message, "cannot exclusively open " + loop.path() + ", device in use");
    EXPECT_TRUE(open_file_device(loop.path(), Access::ReadWrite));
}

TEST(BlockDevice, SaysThatItIsWriteProtected) {
    const TempDir dir;
    LATCHKEY_LOOP_OR_SKIP(loop, dir.sparse_file("disk", kDiskSize), {"--read-only"});
    const auto device = open_file_device(loop.path(), Access::ReadWrite);
    ASSERT_TRUE(device) << device.error().message;
    EXPECT_TRUE((*device)->read_only());
    EXPECT_EQ((*device)->write(0, Bytes(512)).error().code, Errc::AccessDenied);
}

// A loop device over a full file system accepts writes into the page cache and loses them.  The kernel reports this
// at the first fsync only.
TEST(BlockDevice, NeverForgetsThatWritesWereLost) {
    constexpr int kCannot = 77;
    const TempDir dir;
    const int status = test::in_child([&] {
        if (::unshare(CLONE_NEWNS) != 0 ||
            ::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0 ||
            ::mount("none", dir.path().c_str(), "tmpfs", 0, "size=256k") != 0)
            return kCannot;
        const auto loop = test::LoopDevice::attach(dir.sparse_file("disk", kDiskSize));
        if (!loop) return kCannot;
        UniqueFd fd(::open(loop->path().c_str(), O_RDWR | O_CLOEXEC));
        const auto device = FileDevice::adopt(std::move(fd), loop->path(), false, false);
        if (!device) return 1;
        if (!(*device)->write(0, Bytes(kDiskSize, std::byte{1}))) return 2;
        const auto first = (*device)->flush();
        if (first || first.error().code != Errc::Io) return 3;
        const auto second = (*device)->flush();
        return !second && second.error().code == Errc::Io ? 0 : 4;
    });
    if (status == kCannot) GTEST_SKIP() << "needs root for a mount and a loop device";
    EXPECT_EQ(status, 0);
}

// Past the page cache the write itself reports it.
TEST(BlockDevice, ReportsAWriteThatTheDiskRefuses) {
    constexpr int kCannot = 77;
    const TempDir dir;
    const int status = test::in_child([&] {
        if (::unshare(CLONE_NEWNS) != 0 ||
            ::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0 ||
            ::mount("none", dir.path().c_str(), "tmpfs", 0, "size=256k") != 0)
            return kCannot;
        const auto loop = test::LoopDevice::attach(dir.sparse_file("disk", kDiskSize));
        if (!loop) return kCannot;
        const auto device = open_file_device(loop->path(), Access::ReadWrite);
        if (!device) return 1;
        const auto file = std::dynamic_pointer_cast<FileDevice>(*device);
        if (!file || !file->direct()) return 2;
        const auto written = (*device)->write(100, Bytes(kDiskSize - 100, std::byte{1}));
        if (written) return 3;
        return written.error().message.starts_with("cannot write to device " + loop->path()) ? 0
                                                                                             : 4;
    });
    if (status == kCannot) GTEST_SKIP() << "needs root for a mount and a loop device";
    EXPECT_EQ(status, 0);
}

}  // namespace
}  // namespace latchkey::io
