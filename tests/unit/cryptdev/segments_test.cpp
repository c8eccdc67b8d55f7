// SPDX-License-Identifier: GPL-2.0-or-later
#include "cryptdev/segments.h"

#include <gtest/gtest.h>

#include "cryptdev_testing.h"

namespace latchkey::cryptdev {
namespace {

std::string outcome(const std::vector<PlanSegment>& segments, std::uint64_t device_sectors,
                    std::optional<std::uint64_t> size = {}) {
    MappingPlan plan{.type = "PLAIN", .segments = {}, .keys = {{.bytes = 32}}};
    plan.segments = segments;
    const auto placed =
        place_segments(plan.segments, plan.keys.size(), size, "disk", device_sectors * kTestSector);
    if (!placed) return placed.error().message;
    std::string text;
    for (const PlacedSegment& one : *placed)
        text += std::to_string(one.start) + "+" + std::to_string(one.length) + "@" +
                std::to_string(one.device_offset) + " ";
    return text;
}

TEST(PlacedSegments, FillTheDevice) {
    EXPECT_EQ(outcome({{}}, 100), "0+51200@0 ");
    EXPECT_EQ(outcome({{.device_offset = 10}}, 100), "0+46080@5120 ");
    EXPECT_EQ(outcome({{.length = 8, .device_offset = 10}}, 100), "0+4096@5120 ");
    EXPECT_EQ(outcome({{.length = 8, .device_offset = 10}}, 100, 4), "0+2048@5120 ");
    EXPECT_EQ(outcome({{}}, 100, 0), "0+51200@0 ");
    EXPECT_EQ(outcome({{.length = 8}, {.start = 8, .device_offset = 50}}, 100),
              "0+4096@0 4096+25600@25600 ");
}

TEST(PlacedSegments, WhoReadsDoesWithoutTheEndOfADevice) {
    const auto end = [](const PlanSegment& segment) {
        const MappingPlan plan{.type = "PLAIN", .segments = {segment}, .keys = {{.bytes = 32}}};
        const auto placed = place_segments(plan.segments, plan.keys.size(), {}, "disk",
                                           101 * kTestSector, Tail::LeftOut);
        return placed ? std::to_string(placed->back().length) : placed.error().message;
    };
    EXPECT_EQ(end({.sector_size = 4096}), "49152");
    EXPECT_EQ(end({}), "51712");
    // A given length is used unchanged.
    EXPECT_EQ(end({.length = 101, .sector_size = 4096}),
              "data of 101 sectors are not a multiple of the sector size 4096 bytes");
    EXPECT_EQ(end({.device_offset = 100, .sector_size = 4096}),
              "data of 0 sectors are not a multiple of the sector size 4096 bytes");
}

TEST(PlacedSegments, Refuse) {
    EXPECT_EQ(outcome({}, 100), "a plan without segments");
    EXPECT_EQ(
        outcome({{.device_offset = 100}}, 100),
        "device disk has 100 sectors, its data begin at sector 100: no space is left for data");
    EXPECT_EQ(outcome({{.length = 101}}, 100),
              "device disk has 100 sectors behind sector 0, needs 101");
    EXPECT_EQ(outcome({{}}, 100, 101), "device disk has 100 sectors behind sector 0, needs 101");
    EXPECT_EQ(outcome({{.sector_size = 4096}}, 100),
              "data of 100 sectors are not a multiple of the sector size 4096 bytes");
    EXPECT_EQ(outcome({{.length = 0}}, 100),
              "data of 0 sectors are not a multiple of the sector size 512 bytes");
    EXPECT_EQ(outcome({{.iv_offset = 4, .sector_size = 4096}}, 96),
              "IV offset of 4 sectors is not a multiple of the sector size 4096 bytes");
    EXPECT_EQ(outcome({{.sector_size = 0}}, 100), "sector size 0 is not 512, 1024, 2048 or 4096");
    EXPECT_EQ(outcome({{.length = 8}, {.start = 9}}, 100),
              "segment begins at sector 9, the one before ends at 8");
    EXPECT_EQ(outcome({{.start = 1}}, 100), "segment begins at sector 1, the one before ends at 0");
    EXPECT_EQ(outcome({{.length = 8}, {.start = 8}}, 100, 4),
              "a plan of 2 segments cannot be cut to a size");
}

}  // namespace
}  // namespace latchkey::cryptdev
