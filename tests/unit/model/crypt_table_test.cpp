// SPDX-License-Identifier: GPL-2.0-or-later
// Tables as `dmsetup table --showkeys` prints them for the peer.
#include "model/crypt_table.h"

#include <gtest/gtest.h>

#include <array>

#include "base/secret_text.h"

namespace latchkey::model {
namespace {

constexpr std::array kKey = {std::byte{0x0f}, std::byte{0xa0}};

MappingPlan sample_plan() {
    return {.type = "PLAIN",
            .segments = {{.cipher = "aes-xts-plain64",
                          .iv_offset = 8,
                          .device_offset = 16,
                          .sector_size = 4096,
                          .iv_large_sectors = true}},
            .keys = {{.bytes = 2}},
            .flags = {"no-write-workqueue", "allow-discards", "unknown"}};
}

std::string line(const MappingPlan& plan, std::optional<ByteView> bytes) {
    const VolumeKey key(Vouched::ByCaller, SecretBuffer::copy_of(bytes.value_or(ByteView())));
    const KeyRing keys(key);
    const auto targets =
        table_targets(plan, plan.segments, {"7:3", "image", 80 * 512}, bytes ? &keys : nullptr);
    if (!targets) return targets.error().message;
    return std::string(as_text(targets->front().parameters.bytes()));
}

TEST(CryptTable, HasTheKeyWhereItIsToBe) {
    MappingPlan plan = sample_plan();
    const std::string rest =
        " 8 7:3 16 4 allow_discards no_write_workqueue sector_size:4096 iv_large_sectors";
    EXPECT_EQ(line(plan, kKey), "aes-xts-plain64 0fa0" + rest);
    EXPECT_EQ(line(plan, {}), "aes-xts-plain64 0000" + rest);
    plan.keys.front().keyring_description = "cryptsetup:u-d0";
    EXPECT_EQ(line(plan, kKey), "aes-xts-plain64 :2:logon:cryptsetup:u-d0" + rest);
    plan.segments.front().cipher = "cipher_null-ecb";
    EXPECT_EQ(line(plan, kKey), "cipher_null-ecb -" + rest);
}

TEST(CryptTable, TakesAFlagOnceThoughItIsNamedTwice) {
    MappingPlan plan = sample_plan();
    plan.segments = {{.cipher = "aes-cbc-plain"}};
    plan.flags = {"allow-discards", "allow-discards"};
    EXPECT_EQ(line(plan, {}), "aes-cbc-plain 0000 0 7:3 0 1 allow_discards");
}

TEST(CryptTable, WritesLayersFromTheLowest) {
    const MappingPlan plan{.type = "TCRYPT",
                           .segments = {{.length = 8, .kind = SegmentKind::Zero},
                                        {.start = 8, .cipher = "twofish-xts-plain64", .key = 1}},
                           .below = {{.suffix = "_1",
                                      .segments = {{.length = 32,
                                                    .cipher = "aes-xts-plain64",
                                                    .iv_offset = 8,
                                                    .device_offset = 16}}}},
                           .keys = {{.bytes = 2}, {.bytes = 1}}};
    EXPECT_EQ(*crypt_table(plan, "/dev/sda", 80 * 512),
              "0 32 crypt aes-xts-plain64 0000 8 /dev/sda 16\n"
              "0 8 zero\n"
              "8 32 crypt twofish-xts-plain64 00 0 _1 0\n");
    EXPECT_FALSE(plan.is_single());
    EXPECT_FALSE(plan.begins_beyond(17 * 512)) << "only the lowest layer is on the device";
    EXPECT_TRUE(plan.begins_beyond(16 * 512));

    MappingPlan without_length = plan;
    without_length.segments.front().length.reset();
    without_length.segments.pop_back();
    EXPECT_EQ(crypt_table(without_length, "/dev/sda", 80 * 512).error().message,
              "segment of zeros at sector 0 has no length");
}

TEST(MappingPlan, SaysWhyADeviceDoesNotFit) {
    const MappingPlan plan = sample_plan();  // from sector 16, in sectors of 4096 bytes
    EXPECT_TRUE(plan.begins_beyond(16 * 512));
    EXPECT_TRUE(plan.begins_beyond(17 * 512 - 1));
    EXPECT_FALSE(plan.begins_beyond(17 * 512));
    EXPECT_TRUE(plan.ends_within_sector(17 * 512));
    EXPECT_TRUE(plan.ends_within_sector(31 * 512));
    EXPECT_FALSE(plan.ends_within_sector(24 * 512));
    EXPECT_FALSE(plan.ends_within_sector(16 * 512)) << "that one begins beyond";
    MappingPlan fixed = plan;
    fixed.segments.front().length = 8;
    EXPECT_FALSE(fixed.ends_within_sector(31 * 512));
}

TEST(CryptTable, HasOneLineASegment) {
    MappingPlan plan = sample_plan();
    plan.flags.clear();
    plan.segments = {{.start = 0, .length = 8, .cipher = "aes-cbc-plain"},
                     {.start = 8, .cipher = "aes-cbc-plain", .iv_offset = 8, .device_offset = 24}};
    const auto table = crypt_table(plan, "/dev/sdz1", 80 * 512);
    ASSERT_TRUE(table) << table.error().message;
    EXPECT_EQ(*table,
              "0 8 crypt aes-cbc-plain 0000 0 /dev/sdz1 0\n"
              "8 56 crypt aes-cbc-plain 0000 8 /dev/sdz1 24\n");
    plan.segments.front().length.reset();
    EXPECT_EQ(crypt_table(plan, "/dev/sdz1", 80 * 512).error().message,
              "segment at sector 0 has no length, but is not the last");
}

TEST(CryptTable, RefusesDevicesThatEndTooEarly) {
    const auto refused = [](std::uint64_t sectors, const char* message) {
        const auto table = crypt_table(sample_plan(), "image", sectors * 512);
        ASSERT_FALSE(table);
        EXPECT_EQ(table.error().message, message);
    };
    refused(0, "device image has zero size");
    refused(16,
            "device image has 16 sectors, its data begin at sector 16: no space is left for data");
    refused(17, "data of 1 sectors are not a multiple of the sector size 4096 bytes");
    MappingPlan plan = sample_plan();
    plan.segments.front().length = 72;
    EXPECT_EQ(crypt_table(plan, "image", 80 * 512).error().message,
              "device image has 64 sectors behind sector 16, needs 72");
}

TEST(CryptTable, RefusesWhatDmCryptAndReadersRefuse) {
    const auto refused = [](const PlanSegment& segment, const char* message) {
        MappingPlan plan = sample_plan();
        plan.segments = {segment};
        const auto table = crypt_table(plan, "image", 80 * 512);
        ASSERT_FALSE(table) << *table;
        EXPECT_EQ(table.error().message, message);
    };
    refused({.length = 0}, "data of 0 sectors are not a multiple of the sector size 512 bytes");
    refused({.iv_offset = 4, .sector_size = 4096},
            "IV offset of 4 sectors is not a multiple of the sector size 4096 bytes");
    refused({.sector_size = 1000}, "sector size 1000 is not 512, 1024, 2048 or 4096");
    refused({.key = 1}, "segment at sector 0: the plan has no key 1");
}

TEST(SecretText, GrowsAndKeepsWhatItHas) {
    SecretText text;
    std::string expected;
    for (int i = 0; i < 300; ++i) {
        text.append("0123456789").append_hex(kKey);
        expected += "01234567890fa0";
    }
    EXPECT_EQ(as_text(std::move(text).take().bytes()), expected);
    EXPECT_TRUE(SecretText().take().empty());
}

}  // namespace
}  // namespace latchkey::model
