// SPDX-License-Identifier: GPL-2.0-or-later
#include "latchkey/swap_guard.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "base/hex.h"
#include "cryptdev_testing.h"
#include "latchkey/crypt_device.h"
#include "support/program.h"
#include "support/temp_dir.h"

namespace latchkey {
namespace {

std::string decide(const std::vector<Signature>& found, std::string_view expected = {}) {
    return cryptdev::said(decide_swap_target("/dev/sdb2", found, expected));
}

TEST(SwapGuard, Decides) {
    const Signature swap{"swap", "superblock"};
    const Signature ext4{"ext4", "superblock"};
    const Signature ext2{"ext2", "superblock"};
    const Signature luks{"crypto_LUKS", "superblock"};
    const Signature image{"swsuspend", "superblock"};
    EXPECT_EQ(decide({}), "done");
    EXPECT_EQ(decide({swap}), "done");
    EXPECT_EQ(decide({ext4}),
              "device /dev/sdb2 has a signature of ext4: a random key would destroy what is there");
    EXPECT_EQ(decide({swap, luks}),
              "device /dev/sdb2 has a signature of swap, crypto_LUKS: a random "
              "key would destroy what is there");
    EXPECT_EQ(decide({image}),
              "device /dev/sdb2 has a signature of swsuspend: a random key would "
              "destroy what is there");
    EXPECT_EQ(decide({{"gpt", "partition"}}),
              "device /dev/sdb2 has a signature of gpt: a random key "
              "would destroy what is there");
    EXPECT_EQ(decide({ext2}, "ext2"), "done");
    EXPECT_EQ(decide({ext4}, "ext2"),
              "device /dev/sdb2 has a signature of ext4, 'ext2' was expected: "
              "a random key would destroy what is there");
    EXPECT_EQ(decide({swap}, "ext2"),
              "device /dev/sdb2 has a signature of swap, 'ext2' was expected: "
              "a random key would destroy what is there");
    EXPECT_EQ(
        decide({ext2, luks}, "ext2"),
        "device /dev/sdb2 has a signature of ext2, crypto_LUKS, 'ext2' was expected: a random "
        "key would destroy what is there");
    EXPECT_EQ(decide({}, "ext2"),
              "device /dev/sdb2 has no signature, 'ext2' was expected: is it another one?");
    EXPECT_EQ(decide({}, "swap"),
              "device /dev/sdb2 has no signature, 'swap' was expected: is it another one?");
    EXPECT_EQ(decide({swap}, "swap"), "done");
    EXPECT_EQ(decide({}, "none"), "done");
    EXPECT_EQ(decide({swap}, "none"),
              "device /dev/sdb2 has a signature of swap, 'none' was expected: a random key would "
              "destroy what is there");
    EXPECT_EQ(decide_swap_target("x", {ext4}, "").error().code, Errc::Refused);
    EXPECT_NE(decide_swap_target("x", {ext4}, "").error().hint, "");
}

class SwapGuardImages : public testing::Test {
  protected:
    // Returns a file of 4 MiB, changed by a program.
    std::string made_by(const std::string& name, const std::vector<std::string>& command) {
        std::string path = directory_.sparse_file(name, 4 << 20);
        std::vector<std::string> arguments = command;
        arguments.push_back(path);
        if (!command.empty()) {
            EXPECT_EQ(test::run_program(arguments).status, 0) << command[0];
        }
        return path;
    }
    std::string checked(const std::string& path, std::string_view expected = {}) {
        Context context;
        const auto device = Device::open(context, path, Access::ReadOnly);
        EXPECT_TRUE(device);
        const auto result = check_swap_target(*device, expected);
        if (result) return "done";
        std::string message = result.error().message;
        return message.replace(message.find(path), path.size(), "IT");
    }

    test::TempDir directory_;
};

TEST_F(SwapGuardImages, SeeWhatIsThere) {
    EXPECT_EQ(checked(made_by("empty", {})), "done");
    EXPECT_EQ(checked(made_by("swap", {"/sbin/mkswap", "-q"})), "done");
    const std::string ext4 = made_by("ext4", {"/sbin/mkfs.ext4", "-q", "-F"});
    EXPECT_EQ(checked(ext4),
              "device IT has a signature of ext4: a random key would destroy what is there");
    EXPECT_EQ(checked(ext4, "ext4"), "done");
    const std::string luks =
        made_by("luks", {"/sbin/cryptsetup", "-q", "luksFormat", "--type", "luks1", "--key-file",
                         "/proc/sys/kernel/ostype", "--pbkdf-force-iterations", "1000"});
    EXPECT_EQ(checked(luks),
              "device IT has a signature of crypto_LUKS: a random key would destroy what is there");
    EXPECT_EQ(checked(luks, "swap"),
              "device IT has a signature of crypto_LUKS, 'swap' was expected: "
              "a random key would destroy what is there");
}

// Encrypted swap of the last boot has no signature.
TEST_F(SwapGuardImages, RandomBytesAreNothing) {
    EXPECT_TRUE(check_swap_target(Device(cryptdev::memory(1 << 20))));
}

// Code that maps or writes calls this for every key.
TEST_F(SwapGuardImages, ARandomKeyIsRefusedAnotherIsNot) {
    Context context;
    const std::string path = made_by("ext4", {"/sbin/mkfs.ext4", "-q", "-F", "-b", "1024"});
    const auto device = Device::open(context, path, Access::ReadWrite);
    ASSERT_TRUE(device);
    MappingPlan plan{
        .type = "PLAIN", .segments = {{.cipher = "aes-cbc-plain"}}, .keys = {{.bytes = 16}}};
    SecretBuffer bytes(16);
    bytes.set_random();
    const VolumeKey random(Vouched::ByDigest, std::move(bytes));
    const VolumeKey known(Vouched::ByDigest, SecretBuffer(16));
    EXPECT_EQ(check_key_for_device(random, plan, *device).error().code, Errc::Refused);
    EXPECT_EQ(open_crypt_device(context, plan, random, *device).error().code, Errc::Refused);
    EXPECT_TRUE(open_crypt_device(context, plan, random, *device, {.read_only = true}));
    EXPECT_TRUE(check_key_for_device(random, plan, *device, "ext4"));
    EXPECT_TRUE(check_key_for_device(known, plan, *device));
    EXPECT_TRUE(open_crypt_device(context, plan, known, *device));
    // After a file system that ends before the data begin.
    EXPECT_EQ(file_system_bytes(*device)->value_or(0), 4U << 20);
    plan.segments.front().device_offset = 8191;
    EXPECT_FALSE(check_key_for_device(random, plan, *device));
    plan.segments.front().device_offset = 8192;
    EXPECT_TRUE(check_key_for_device(random, plan, *device));
    // A key that a header verifies is in a keyslot.
    plan.segments.front().device_offset = 0;
    plan.uuid = "12345678-1234-1234-1234-123456789abc";
    EXPECT_TRUE(check_key_for_device(random, plan, *device));
}

TEST_F(SwapGuardImages, TheSizeOfWhatIsThere) {
    Context context;
    const auto bytes_of = [&](const std::string& path) -> std::optional<std::uint64_t> {
        const auto device = Device::open(context, path, Access::ReadOnly);
        EXPECT_TRUE(device);
        const auto bytes = file_system_bytes(*device);
        EXPECT_TRUE(bytes);
        return *bytes;
    };
    const auto block_of = [&](const std::string& path) {
        const auto device = Device::open(context, path, Access::ReadOnly);
        return content_block_bytes(*device)->value_or(0);
    };
    const std::string small = made_by("small", {});
    ASSERT_EQ(
        test::run_program({"/sbin/mkfs.ext4", "-q", "-F", "-b", "1024", small, "3000"}).status, 0);
    EXPECT_EQ(bytes_of(small).value_or(0), 3000U * 1024);
    EXPECT_EQ(block_of(small), 1024U);
    const std::string xfs = directory_.sparse_file("xfs", 320 << 20);
    ASSERT_EQ(test::run_program({"/sbin/mkfs.xfs", "-q", "-d", "size=310m", xfs}).status, 0);
    EXPECT_EQ(bytes_of(xfs).value_or(0), 310U << 20);
    EXPECT_EQ(block_of(xfs), 512U) << "of its sectors, not of its blocks";
    ASSERT_EQ(test::run_program({"/sbin/mkfs.xfs", "-q", "-f", "-s", "size=4096", xfs}).status, 0);
    EXPECT_EQ(block_of(xfs), 4096U);
    EXPECT_EQ(block_of(directory_.sparse_file("nothing", 1 << 20)), 0U);
    EXPECT_EQ(block_of(made_by("swap", {"/sbin/mkswap"})), 512U) << "known by name only";
    // Made by LVM's pvresize --setphysicalvolumesize 30M; the label in the second sector has this size.
    const auto label = from_hex(
        "4c4142454c4f4e4501000000000000006a74783e200000004c564d32203030314575713333766a595275764a30"
        "7a5a6b4f316862657078"
        "30507958576773716b0000e0010000000000001000000000000000000000000000000000000000000000000000"
        "00000000001000000000"
        "000000f00f00000000000000000000000000000000000000000002");
    ASSERT_TRUE(label);
    Bytes volume(40 << 20);
    std::ranges::copy(*label, volume.begin() + 512);
    EXPECT_EQ(bytes_of(directory_.file("pv", ByteView(volume))).value_or(0), 30U << 20);
    EXPECT_FALSE(bytes_of(made_by("swap", {"/sbin/mkswap", "-q"})));
    EXPECT_FALSE(bytes_of(made_by("empty", {})));
}

}  // namespace
}  // namespace latchkey
