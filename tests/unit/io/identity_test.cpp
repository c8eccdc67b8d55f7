// SPDX-License-Identifier: GPL-2.0-or-later
// A device is identified by what was opened, whatever its name, and by the storage below it.
#include "io/identity.h"

#include <gtest/gtest.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <filesystem>
#include <map>

#include "io/mem_device.h"
#include "latchkey/device.h"
#include "support/temp_dir.h"

namespace latchkey {
namespace {

using test::TempDir;
using Kind = DeviceIdentity::Kind;

DeviceIdentity identity_by(const std::string& path) {
    Context context;
    const auto device = Device::open(context, path, Access::ReadOnly);
    return device ? device->identity() : DeviceIdentity{};
}

TEST(DeviceIdentities, AreTheSameByEveryName) {
    const TempDir dir;
    const std::string file = dir.file("image", Bytes(4096));
    std::filesystem::create_hard_link(file, dir / "hard");
    std::filesystem::create_symlink("image", dir / "soft");
    std::filesystem::create_directory(dir / "folder");
    const DeviceIdentity identity = identity_by(file);
    EXPECT_EQ(identity.kind, Kind::File);
    for (const std::string& name : {dir / "hard", dir / "soft", dir / "folder/../image"})
        EXPECT_EQ(identity_by(name), identity) << name;
    EXPECT_NE(identity_by(dir.file("other", Bytes(4096))), identity);
    EXPECT_FALSE(identity_by(dir / "missing").known());
}

TEST(DeviceIdentities, AreSeenByPathAsByOpening) {
    const test::TempDir dir;
    const std::string file = dir.file("file", Bytes(4096));
    std::filesystem::create_symlink("file", dir / "link");
    Context context;
    const auto device = Device::open(context, file, Access::ReadOnly);
    ASSERT_TRUE(device) << device.error().message;
    for (const std::string& name : {file, dir / "link"}) {
        EXPECT_EQ(storage_at(name).on, device->storage().on);
        EXPECT_EQ(storage_at(name).offset, 0U);
    }
    for (const std::string& name : {dir / "missing", dir / "", std::string("/dev/null")})
        EXPECT_FALSE(storage_at(name).on.known()) << name;
}

TEST(DeviceIdentities, StayWhenTheNameLeadsElsewhere) {
    const TempDir dir;
    Context context;
    const std::string file = dir.file("image", "mine");
    const auto device = Device::open(context, file, Access::ReadOnly);
    ASSERT_TRUE(device);
    const std::string by_descriptor = device->open_path();
    EXPECT_EQ(identity_by(by_descriptor), device->identity());
    std::filesystem::rename(file, dir / "away");
    (void)dir.file("image", "another");
    EXPECT_NE(identity_by(file), device->identity());
    EXPECT_EQ(identity_by(by_descriptor), device->identity());
    EXPECT_EQ(device->open_path(), by_descriptor);
}

TEST(DeviceIdentities, InMemoryAreTheirOwnAndShadowsTheirBases) {
    const Device one(std::make_shared<io::MemDevice>(Bytes(10)));
    const Device two(std::make_shared<io::MemDevice>(Bytes(10)));
    EXPECT_EQ(one.identity().kind, Kind::Memory);
    EXPECT_NE(one.identity(), two.identity());
    EXPECT_EQ(one.identity(), Device(one).identity());
    EXPECT_EQ(one.shadow().identity(), one.identity());
    EXPECT_EQ(one.open_path(), one.name());
    EXPECT_TRUE(overlap(one.storage(), one.shadow().storage()));
    EXPECT_FALSE(overlap(one.storage(), two.storage()));
}

// A file, a loop device from its second MiB on, a partition of that, and a loop device over the partition.
class StorageBelow : public testing::Test {
  protected:
    const DeviceIdentity file_{.kind = Kind::File, .device = 1, .inode = 2};
    const DeviceIdentity loop_ = io::block_identity(7, 0);
    const DeviceIdentity part_ = io::block_identity(259, 0);
    const DeviceIdentity upper_ = io::block_identity(7, 1);
    static constexpr std::uint64_t kMiB = 1 << 20;

    std::optional<io::Below> look(const DeviceIdentity& device) const {
        if (device == loop_) return io::Below{.what = file_, .offset = kMiB};
        if (device == part_) return io::Below{.what = loop_, .offset = 2 * kMiB};
        if (device == upper_) return io::Below{.what = part_, .offset = 512};
        return std::nullopt;
    }
    StorageRange lowest(const DeviceIdentity& device, std::uint64_t size) const {
        return io::lowest_storage(device, size, [this](const auto& at) { return look(at); });
    }
};

TEST_F(StorageBelow, IsFoundThroughAllThatLieOverEachOther) {
    EXPECT_EQ(lowest(file_, 9 * kMiB), (StorageRange{file_, 0, 9 * kMiB}));
    EXPECT_EQ(lowest(loop_, 8 * kMiB), (StorageRange{file_, kMiB, 8 * kMiB}));
    EXPECT_EQ(lowest(part_, kMiB), (StorageRange{file_, 3 * kMiB, kMiB}));
    EXPECT_EQ(lowest(upper_, kMiB / 2), (StorageRange{file_, 3 * kMiB + 512, kMiB / 2}));
    EXPECT_EQ(lowest(io::block_identity(8, 1), kMiB),
              (StorageRange{io::block_identity(8, 1), 0, kMiB}));
}

TEST_F(StorageBelow, EndsWhereDevicesLieInACircle) {
    const auto circle = [this](const DeviceIdentity& at) {
        return io::Below{.what = at == loop_ ? upper_ : loop_, .offset = UINT64_MAX / 2};
    };
    EXPECT_LE(io::chain_below(loop_, circle).size(), 16U);
    EXPECT_EQ(io::lowest_storage(loop_, 1, circle).offset, UINT64_MAX);
}

TEST(StorageRanges, OverlapInAByte) {
    const DeviceIdentity on{.kind = Kind::File, .device = 1, .inode = 2};
    const StorageRange head{on, 0, 4096};
    EXPECT_TRUE(overlap(head, {on, 4095, 1}));
    EXPECT_TRUE(overlap({on, 4095, UINT64_MAX}, head));
    EXPECT_FALSE(overlap(head, {on, 4096, UINT64_MAX}));
    EXPECT_FALSE(overlap(head, {on, 100, 0}));
    EXPECT_FALSE(overlap(head, {{.kind = Kind::File, .device = 1, .inode = 3}, 0, 4096}));
    EXPECT_FALSE(overlap({}, {})) << "nobody knows what they are";
    EXPECT_FALSE(overlap({on, UINT64_MAX, 1}, {on, 0, UINT64_MAX}));
}

TEST(StorageRanges, HaveParts) {
    const DeviceIdentity on{.kind = Kind::File, .device = 1, .inode = 2};
    const StorageRange disk{on, 4096, 10000};
    EXPECT_EQ(disk.part(0), disk);
    EXPECT_EQ(disk.part(1000, 50), (StorageRange{on, 5096, 50}));
    EXPECT_EQ(disk.part(9990, 50), (StorageRange{on, 14086, 10}));
    EXPECT_EQ(disk.part(20000), (StorageRange{on, 14096, 0}));
}

}  // namespace
}  // namespace latchkey
