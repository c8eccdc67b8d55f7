// SPDX-License-Identifier: GPL-2.0-or-later
// Plans of several layers, as cascades of ciphers are.
#include <gtest/gtest.h>

#include <array>

#include "cryptdev_testing.h"

namespace latchkey::cryptdev {
namespace {

constexpr std::uint64_t kLayeredDisk = 64 * kTestSector;

// The plaintext begins with 8 sectors of zeros; the rest is in clear on the layer below, which is encrypted from sector
// 4 of the disk on.
MappingPlan layered_plan() {
    MappingPlan plan{.type = "TCRYPT"};
    plan.keys = {{.bytes = 64}, {.bytes = 32}};
    plan.segments = {{.length = 8, .kind = SegmentKind::Zero},
                     {.start = 8, .cipher = "twofish-xts-plain64", .device_offset = 8, .key = 1}};
    plan.below.push_back(
        {.suffix = "_1",
         .segments = {{.cipher = "aes-xts-plain64", .iv_offset = 7, .device_offset = 4}}});
    return plan;
}

TEST(LayeredPlans, AreOneCipherOverTheOther) {
    const auto disk = memory(kLayeredDisk);
    const std::array<VolumeKey, 2> two = {key_of(64, 1), key_of(32, 2)};
    KeyRing keys(two[0]);
    keys.add(two[1]);
    Context context;
    const auto plaintext = open_crypt_device(context, layered_plan(), keys, Device(disk));
    ASSERT_TRUE(plaintext) << plaintext.error().message;
    ASSERT_EQ(plaintext->size(), kLayeredDisk - 4 * kTestSector);

    const Bytes written = random_bytes(plaintext->size(), 5);
    ASSERT_TRUE(write_device(*plaintext, 0, written));
    Bytes found(written.size());
    ASSERT_TRUE(read_device(*plaintext, 0, found));
    EXPECT_TRUE(std::ranges::all_of(std::span(found).first(8 * kTestSector),
                                    [](std::byte byte) { return byte == std::byte{}; }));
    EXPECT_TRUE(std::equal(found.begin() + 8 * kTestSector, found.end(),
                           written.begin() + 8 * kTestSector));

    // The same by hand, a plan for each layer.
    const auto lower = open_crypt_device(
        context, plan_of("aes-xts-plain64", 64, {.iv_offset = 7, .device_offset = 4}), two[0],
        Device(disk));
    ASSERT_TRUE(lower);
    const auto upper = open_crypt_device(
        context, plan_of("twofish-xts-plain64", 32, {.device_offset = 8}), two[1], *lower);
    ASSERT_TRUE(upper);
    Bytes by_hand(upper->size());
    ASSERT_TRUE(read_device(*upper, 0, by_hand));
    EXPECT_TRUE(std::equal(by_hand.begin(), by_hand.end(), written.begin() + 8 * kTestSector));
}

TEST(LayeredPlans, AreRefusedWhereALayerDoesNotFit) {
    Context context;
    const std::array<VolumeKey, 2> two = {key_of(64, 1), key_of(32, 2)};
    KeyRing keys(two[0]);
    keys.add(two[1]);
    const auto said = [&](const MappingPlan& plan) {
        const auto opened = open_crypt_device(context, plan, keys, Device(memory(kLayeredDisk)));
        return opened ? "opened" : opened.error().message;
    };
    MappingPlan plan = layered_plan();
    plan.below.front().segments.clear();
    EXPECT_EQ(said(plan), "the plan has no segments");
    plan = layered_plan();
    plan.below.front().segments.front().length = 8;
    EXPECT_EQ(said(plan),
              "device plaintext of <memory> has 8 sectors, its data begin at sector 8: no space is "
              "left for data");
    plan = layered_plan();
    plan.below.front().segments.front().key = 2;
    EXPECT_EQ(said(plan), "segment at sector 0: the plan has no key 2");
}

}  // namespace
}  // namespace latchkey::cryptdev
