// SPDX-License-Identifier: GPL-2.0-or-later
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <thread>

#include "io/mem_device.h"
#include "io/overlay_device.h"
#include "support/fault_device.h"
#include "support/random.h"

namespace latchkey::io {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

using test::filled;
using test::random_bytes;

Topology regular_file() {
    Topology topology;
    topology.regular_file = true;
    return topology;
}

Bytes all_of(const BlockDevice& device) {
    Bytes bytes(device.size());
    EXPECT_TRUE(device.read(0, bytes));
    return bytes;
}

TEST(MemDevice, KeepsWhatIsWritten) {
    MemDevice device(filled(1024, 0));
    ASSERT_TRUE(device.write(1000, filled(24, 7)));
    Bytes read(26);
    ASSERT_TRUE(device.read(998, read));
    EXPECT_EQ(read[1], std::byte{0});
    EXPECT_EQ(read[2], std::byte{7});
    EXPECT_EQ(read[25], std::byte{7});
}

TEST(MemDevice, RefusesWhatLiesBehindItsEnd) {
    MemDevice device(filled(1024, 0), "tape");
    Bytes bytes(2);
    for (const std::uint64_t offset :
         {std::uint64_t{1023}, std::uint64_t{1} << 63, ~std::uint64_t{0}}) {
        const auto read = device.read(offset, bytes);
        ASSERT_FALSE(read) << offset;
        EXPECT_EQ(read.error().code, Errc::DeviceTooSmall);
        EXPECT_THAT(read.error().message, HasSubstr("device tape is too small: 2 bytes at offset"));
        EXPECT_EQ(device.write(offset, bytes).error().code, Errc::DeviceTooSmall);
    }
}

TEST(MemDevice, GrowsOnlyAsARegularFile) {
    MemDevice disk(filled(512, 1));
    EXPECT_TRUE(disk.grow(512));
    EXPECT_EQ(disk.grow(513).error().code, Errc::DeviceTooSmall);
    MemDevice file(filled(512, 1), "<file>", regular_file());
    ASSERT_TRUE(file.grow(1024));
    EXPECT_EQ(file.size(), 1024U);
    EXPECT_EQ(file.bytes()[511], std::byte{1});
    EXPECT_EQ(file.bytes()[512], std::byte{0});
    EXPECT_EQ(file.grow(~std::uint64_t{0}).error().code, Errc::DeviceFull);
}

TEST(OverlayDevice, LeavesTheDeviceBelowAsItIs) {
    const auto base = std::make_shared<MemDevice>(filled(20000, 1));
    OverlayDevice overlay(base);
    ASSERT_TRUE(overlay.write(4000, filled(10000, 2)));
    ASSERT_TRUE(overlay.flush());
    EXPECT_EQ(all_of(*base), filled(20000, 1));
    const Bytes now = all_of(overlay);
    EXPECT_EQ(std::ranges::count(now, std::byte{2}), 10000);
    EXPECT_EQ(now[3999], std::byte{1});
    EXPECT_EQ(now[4000], std::byte{2});
    EXPECT_EQ(now[13999], std::byte{2});
    EXPECT_EQ(now[14000], std::byte{1});
}

TEST(OverlayDevice, RemembersChangedRangesMerged) {
    OverlayDevice overlay(std::make_shared<MemDevice>(filled(65536, 0)));
    ASSERT_TRUE(overlay.write(16384, filled(512, 1)));
    ASSERT_TRUE(overlay.write(0, filled(4096, 1)));
    ASSERT_TRUE(overlay.write(4096, filled(8192, 1)));
    ASSERT_TRUE(overlay.write(16896, filled(1, 1)));
    ASSERT_TRUE(overlay.write(100, filled(100, 1)));
    EXPECT_THAT(overlay.changed_ranges(), ElementsAre(ByteRange{0, 12288}, ByteRange{16384, 513}));
}

// Reads and writes of random place and size, compared with a plain vector.
TEST(OverlayDevice, AgreesWithAPlainCopy) {
    test::SeededRandom random(42);
    const Bytes original = random_bytes(random, 50000);
    const auto base = std::make_shared<MemDevice>(original);
    OverlayDevice overlay(base);
    Bytes model = original;
    for (int i = 0; i < 500; ++i) {
        const std::uint64_t offset = random.below(model.size());
        const std::size_t length =
            random.below(std::min<std::uint64_t>(model.size() - offset, 9000) + 1);
        if (random.below(2) == 0) {
            const Bytes bytes = random_bytes(random, length);
            ASSERT_TRUE(overlay.write(offset, bytes));
            std::ranges::copy(bytes, model.begin() + static_cast<std::ptrdiff_t>(offset));
        } else {
            Bytes bytes(length);
            ASSERT_TRUE(overlay.read(offset, bytes));
            EXPECT_TRUE(std::ranges::equal(bytes, ByteView(model).subspan(offset, length)));
        }
    }
    EXPECT_EQ(all_of(overlay), model);
    EXPECT_TRUE(std::ranges::equal(base->bytes(), original));
}

TEST(OverlayDevice, GrowsWithoutTheFileBelow) {
    const auto base = std::make_shared<MemDevice>(filled(1000, 1), "<file>", regular_file());
    OverlayDevice overlay(base);
    ASSERT_TRUE(overlay.grow(10000));
    ASSERT_TRUE(overlay.write(9000, filled(10, 2)));
    EXPECT_EQ(base->size(), 1000U);
    const Bytes now = all_of(overlay);
    ASSERT_EQ(now.size(), 10000U);
    EXPECT_EQ(now[999], std::byte{1});
    EXPECT_EQ(now[1000], std::byte{0});
    EXPECT_EQ(now[9009], std::byte{2});
    EXPECT_EQ(OverlayDevice(std::make_shared<MemDevice>(filled(10, 0))).grow(11).error().code,
              Errc::DeviceTooSmall);
}

TEST(OverlayDevice, PassesOnAFailingReadAndNotesNoChange) {
    const auto below = std::make_shared<test::FaultDevice>(
        std::make_shared<MemDevice>(filled(8192, 0)), test::Faults{.read = 0});
    OverlayDevice overlay(below);
    Bytes bytes(10);
    EXPECT_EQ(overlay.read(0, bytes).error().code, Errc::Unreadable);
    // A write of a partial block reads the rest of it from below.
    EXPECT_EQ(overlay.write(100, bytes).error().code, Errc::Unreadable);
    EXPECT_TRUE(overlay.changed_ranges().empty());
    EXPECT_TRUE(overlay.write(4096, filled(4096, 1)));
}

TEST(OverlayDevice, OnlyEverTakesASharedLockBelow) {
    const auto below =
        std::make_shared<test::FaultDevice>(std::make_shared<MemDevice>(filled(10, 0)));
    OverlayDevice overlay(below);
    EXPECT_TRUE(overlay.lock(BlockDevice::LockMode::Exclusive, {}));
    EXPECT_THAT(below->locks(), ElementsAre(BlockDevice::LockMode::Shared));
    EXPECT_FALSE(overlay.read_only());
}

TEST(OverlayDevice, TakesWritesOfSeveralThreads) {
    OverlayDevice overlay(std::make_shared<MemDevice>(filled(400000, 0)));
    std::vector<std::thread> threads;
    for (int t = 0; t < 4; ++t)
        threads.emplace_back([&overlay, t] {
            for (std::uint64_t at = static_cast<std::uint64_t>(t) * 1000; at < 400000; at += 4000)
                EXPECT_TRUE(overlay.write(at, filled(1000, t + 1)));
        });
    for (std::thread& thread : threads) thread.join();
    const Bytes now = all_of(overlay);
    for (std::size_t i = 0; i < now.size(); ++i)
        ASSERT_EQ(now[i], static_cast<std::byte>(i / 1000 % 4 + 1)) << i;
    EXPECT_THAT(overlay.changed_ranges(), ElementsAre(ByteRange{0, 400000}));
}

}  // namespace
}  // namespace latchkey::io
