// SPDX-License-Identifier: GPL-2.0-or-later
#include "latchkey/device.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "io/mem_device.h"
#include "support/temp_dir.h"

namespace latchkey {
namespace {

using test::TempDir;
using testing::ElementsAre;
using testing::IsEmpty;

TEST(Device, OpensAFileAndTellsOfIt) {
    const TempDir dir;
    Context context;
    const auto device = Device::open(context, dir.file("image", Bytes(1000)), Access::ReadOnly);
    ASSERT_TRUE(device) << device.error().message;
    EXPECT_EQ(device->size(), 1000U);
    EXPECT_TRUE(device->read_only());
    EXPECT_TRUE(device->regular_file());
    EXPECT_EQ(device->name(), dir / "image");
    EXPECT_EQ(Device::open(context, dir / "missing", Access::ReadOnly).error().code,
              Errc::NoDevice);
}

TEST(Device, CreatesAFile) {
    const TempDir dir;
    Context context;
    const auto device = Device::create_file(context, dir / "header", 4096);
    ASSERT_TRUE(device) << device.error().message;
    EXPECT_EQ(device->size(), 4096U);
    EXPECT_FALSE(device->read_only());
    EXPECT_EQ(Device::create_file(context, dir / "header", 4096).error().code, Errc::Exists);
}

TEST(Device, CopiesAreTheSameDevice) {
    const Device device(std::make_shared<io::MemDevice>(Bytes(10)));
    const Device copy = device;
    ASSERT_TRUE(copy.io()->write(0, Bytes(1, std::byte{1})));
    Bytes read(1);
    ASSERT_TRUE(device.io()->read(0, read));
    EXPECT_EQ(read[0], std::byte{1});
}

TEST(Device, ShadowKeepsWritesToItselfAndListsThem) {
    const TempDir dir;
    Context context;
    const std::string path = dir.file("image", Bytes(10000));
    const auto device = Device::open(context, path, Access::ReadOnly);
    ASSERT_TRUE(device);
    const Device shadow = device->shadow();
    EXPECT_FALSE(shadow.read_only());
    EXPECT_THAT(shadow.changed_ranges(), IsEmpty());
    ASSERT_TRUE(shadow.io()->write(100, Bytes(50, std::byte{1})));
    ASSERT_TRUE(shadow.io()->write(150, Bytes(50, std::byte{1})));
    EXPECT_THAT(shadow.changed_ranges(), ElementsAre(ByteRange{100, 100}));
    EXPECT_THAT(device->changed_ranges(), IsEmpty());
    EXPECT_TRUE(test::read_file(path) == Bytes(10000));
}

}  // namespace
}  // namespace latchkey
