// SPDX-License-Identifier: GPL-2.0-or-later
#include "luks1/layout.h"

#include <gtest/gtest.h>

namespace latchkey::luks1 {
namespace {

using Offsets = std::array<std::uint32_t, kKeyslotCount>;

TEST(Luks1Layout, IsTheTableOfTheSpecification) {
    const AreaLayout small = standard_areas(16);
    EXPECT_EQ(small.offsets_sectors, (Offsets{8, 136, 264, 392, 520, 648, 776, 904}));
    EXPECT_EQ(small.header_sectors, 1032U);
    const AreaLayout middle = standard_areas(32);
    EXPECT_EQ(middle.offsets_sectors, (Offsets{8, 264, 520, 776, 1032, 1288, 1544, 1800}));
    EXPECT_EQ(middle.header_sectors, 2056U);
    const AreaLayout large = standard_areas(64);
    EXPECT_EQ(large.offsets_sectors, (Offsets{8, 512, 1016, 1520, 2024, 2528, 3032, 3536}));
    EXPECT_EQ(large.header_sectors, 4040U);
}

TEST(Luks1Payload, IsAlignedToOneMebibyte) {
    EXPECT_EQ(*payload_offset({.header_sectors = 1032}), 2048U);
    EXPECT_EQ(*payload_offset({.header_sectors = 2056}), 4096U);
    EXPECT_EQ(*payload_offset({.header_sectors = 4040}), 4096U);
}

TEST(Luks1Payload, FollowsTheAlignmentAskedFor) {
    EXPECT_EQ(*payload_offset({.header_sectors = 2056, .alignment_sectors = 8}), 2056U);
    EXPECT_EQ(*payload_offset({.header_sectors = 1032, .alignment_sectors = 1}), 1032U);
    EXPECT_EQ(*payload_offset({.header_sectors = 1032, .alignment_sectors = 6144}), 6144U);
}

TEST(Luks1Payload, FollowsTheTopologyThatDoesNotDivideAMebibyte) {
    const auto with = [](const io::Topology& topology) {
        return *payload_offset({.header_sectors = 4040, .topology = topology});
    };
    EXPECT_EQ(with({.minimum_io = 4096, .optimal_io = 65536}), 4096U);
    EXPECT_EQ(with({.minimum_io = 65536, .optimal_io = 3 * 65536}), 4224U);  // RAID5 of 4 disks
    EXPECT_EQ(with({.minimum_io = 65536, .optimal_io = 100000}), 4096U);     // not a multiple
    EXPECT_EQ(with({.minimum_io = 512, .optimal_io = 33553920}), 4096U);     // not 4 KiB aligned
    EXPECT_EQ(with({.minimum_io = 2097152, .optimal_io = 0}), 4096U);
    EXPECT_EQ(with({.minimum_io = 3 << 20, .optimal_io = 0}), 6144U);
    EXPECT_EQ(with({.alignment_offset = 3584}), 4103U);
}

TEST(Luks1Payload, OfADetachedHeaderIsTheAlignmentItself) {
    EXPECT_EQ(*payload_offset({.header_sectors = 1032, .detached = true}), 0U);
    EXPECT_EQ(
        *payload_offset({.header_sectors = 1032, .alignment_sectors = 2048, .detached = true}),
        2048U);
    EXPECT_EQ(*payload_offset({.header_sectors = 1032, .alignment_sectors = 8, .detached = true}),
              8U);
}

TEST(Luks1Payload, AnExplicitOffsetIsTakenAsItIs) {
    EXPECT_EQ(*payload_offset({.header_sectors = 1032, .offset_sectors = 1033}), 1033U);
    EXPECT_EQ(*payload_offset({.header_sectors = 1032, .offset_sectors = 0}), 2048U);
    EXPECT_EQ(*payload_offset(
                  {.header_sectors = 1032, .offset_sectors = 4096, .alignment_sectors = 4096}),
              4096U);
}

TEST(Luks1Payload, RefusesWhatDoesNotGoTogether) {
    const auto low = payload_offset({.header_sectors = 1032, .offset_sectors = 1031});
    ASSERT_FALSE(low);
    EXPECT_EQ(low.error().code, Errc::InvalidArgument);
    EXPECT_EQ(low.error().message, "data offset 1031 < 1032 sectors, the header's size");
    const auto odd =
        payload_offset({.header_sectors = 1032, .offset_sectors = 2049, .alignment_sectors = 8});
    ASSERT_FALSE(odd);
    EXPECT_EQ(odd.error().message, "data offset 2049 is not a multiple of the alignment 8 sectors");
    for (const std::uint64_t huge : {std::uint64_t{1} << 32, ~std::uint64_t{0}}) {
        EXPECT_FALSE(payload_offset({.header_sectors = 1032, .offset_sectors = huge}));
        EXPECT_FALSE(payload_offset({.header_sectors = 1032, .alignment_sectors = huge}));
        EXPECT_FALSE(
            payload_offset({.header_sectors = 1032, .alignment_sectors = huge, .detached = true}));
    }
}

}  // namespace
}  // namespace latchkey::luks1
