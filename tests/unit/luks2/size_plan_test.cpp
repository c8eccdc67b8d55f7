// SPDX-License-Identifier: GPL-2.0-or-later
// Where the parts of a new header lie, as observed with the peer.
#include "luks2/size_plan.h"

#include <gtest/gtest.h>

namespace latchkey::luks2 {
namespace {

constexpr std::uint64_t kMiB = 1 << 20;

struct PlanCase {
    const char* name;
    SizeRequest request;
    SizePlan plan;
};

SizeRequest file(SizeRequest request) {
    if (request.alignment == 0 && !request.detached) request.alignment = kMiB;
    request.device_size = 300 * kMiB;
    request.device_grows = true;
    return request;
}

class Luks2SizePlan : public testing::TestWithParam<PlanCase> {};

TEST_P(Luks2SizePlan, IsTheReferences) {
    const auto plan = plan_sizes(GetParam().request);
    ASSERT_TRUE(plan) << plan.error().message;
    EXPECT_EQ(plan->header_size, GetParam().plan.header_size);
    EXPECT_EQ(plan->keyslots_size, GetParam().plan.keyslots_size);
    EXPECT_EQ(plan->data_offset, GetParam().plan.data_offset);
}

INSTANTIATE_TEST_SUITE_P(
    Table, Luks2SizePlan,
    testing::Values(
        PlanCase{"Default", file({}), {16384, 16744448, 16777216}},
        PlanCase{"Offset8192", file({.data_offset = 8192 * 512}), {16384, 4161536, 4194304}},
        PlanCase{
            "Offset262144", file({.data_offset = 262144 * 512}), {16384, 134184960, 134217728}},
        PlanCase{
            "Offset400000", file({.data_offset = 400000 * 512}), {16384, 134217728, 204800000}},
        PlanCase{"Metadata64k", file({.header_size = 65536}), {65536, 16646144, 16777216}},
        PlanCase{"Keyslots4m", file({.keyslots_size = 4 * kMiB}), {16384, 4194304, 5242880}},
        PlanCase{
            "Both", file({.header_size = 32768, .keyslots_size = kMiB}), {32768, kMiB, 2 * kMiB}},
        PlanCase{"Align65536", file({.alignment = 65536 * 512}), {16384, 16744448, 33554432}},
        PlanCase{"Detached", file({.detached = true}), {16384, 16744448, 0}},
        PlanCase{"DetachedAlign",
                 file({.alignment = 8192 * 512, .detached = true}),
                 {16384, 4161536, 4194304}},
        PlanCase{"OffsetBehindHeaders", file({.data_offset = 64 * 512}), {16384, 0, 32768}},
        PlanCase{"Metadata4m", file({.header_size = 4 * kMiB}), {4 * kMiB, 8 * kMiB, 16 * kMiB}},
        PlanCase{"AlignmentOffset",
                 file({.keyslots_size = kMiB, .alignment = kMiB, .alignment_offset = 3584}),
                 {16384, kMiB, 2 * kMiB + 3584}},
        PlanCase{
            "SmallDevice", {.alignment = kMiB, .device_size = kMiB}, {16384, kMiB - 32768, kMiB}}),
    [](const auto& test) { return std::string(test.param.name); });

std::string refusal(const SizeRequest& request) {
    const auto plan = plan_sizes(request);
    return plan ? "accepted" : plan.error().message;
}

TEST(Luks2SizePlan, Refusals) {
    EXPECT_EQ(refusal(file({.data_offset = 8 * 512})),
              "data offset 4096 is less than both headers (32768)");
    EXPECT_EQ(refusal(file({.header_size = 12288})),
              "metadata size 12288 is not a power of two from 16 KiB to 4 MiB");
    EXPECT_EQ(refusal(file({.header_size = 8 * kMiB})),
              "metadata size 8388608 is not a power of two from 16 KiB to 4 MiB");
    EXPECT_EQ(refusal(file({.keyslots_size = 4097})),
              "keyslots size 4097 is not a multiple of 4096");
    EXPECT_EQ(refusal(file({.keyslots_size = 129 * kMiB})),
              "keyslots size 135266304 is more than 128 MiB");
    EXPECT_EQ(refusal(file({.data_offset = 40000})), "data offset 40000 is not a multiple of 4096");
    EXPECT_EQ(refusal({.alignment = ~std::uint64_t{0} - 511, .device_grows = true}),
              "data alignment 18446744073709551104 is too large");
    EXPECT_EQ(refusal({.keyslots_size = kMiB, .alignment = kMiB, .device_size = kMiB}),
              "LUKS2 headers and keyslots need 1081344 bytes, the device has 1048576");
    EXPECT_EQ(refusal({.alignment = kMiB, .device_size = 16384}),
              "LUKS2 headers and keyslots need 16777216 bytes, the device has 16384");
}

TEST(Luks2SizePlan, SectorSizeIsWhatTheDeviceLikes) {
    const io::Topology file{.regular_file = true, .physical_block = 4096};
    EXPECT_EQ(choose_sector_size(file, 32 * kMiB, 16 * kMiB), 4096U);
    EXPECT_EQ(choose_sector_size(file, 33000960, 16 * kMiB), 512U);
    EXPECT_EQ(choose_sector_size(file, 300 * kMiB, 204800000), 4096U);
    EXPECT_EQ(choose_sector_size(file, 300 * kMiB, 204800512), 512U);
    EXPECT_EQ(choose_sector_size({.regular_file = true, .physical_block = 131072}, 32 * kMiB, 0),
              4096U);
    EXPECT_EQ(choose_sector_size({}, 32 * kMiB, 0), 512U);
    EXPECT_EQ(choose_sector_size({.logical_block = 512, .physical_block = 4096}, 32 * kMiB, 0),
              4096U);
    EXPECT_EQ(choose_sector_size({.logical_block = 4096, .physical_block = 4096}, 32 * kMiB, 0),
              4096U);
    EXPECT_EQ(choose_sector_size({.logical_block = 512, .physical_block = 16384}, 32 * kMiB, 0),
              512U);
}

// Every row as the peer chose it on a file with blocks of 4096 bytes.
TEST(Luks2SizePlan, LargeSectorsForWhatThePeerTakesForAligned) {
    const auto offset = [](std::uint64_t sectors) {
        return SizeRequest{.data_offset = sectors * 512};
    };
    for (const std::uint64_t sectors : {4096U, 8192U, 12288U, 20480U, 32768U, 196608U})
        EXPECT_TRUE(suits_large_sectors(offset(sectors))) << sectors;
    for (const std::uint64_t sectors : {2048U, 6144U, 6152U, 8200U, 10240U, 34816U})
        EXPECT_FALSE(suits_large_sectors(offset(sectors))) << sectors;
    for (const std::uint64_t sectors : {0U, 8U, 64U, 2048U, 6144U, 10000U})
        EXPECT_TRUE(suits_large_sectors({.alignment = sectors * 512})) << sectors;
    for (const std::uint64_t sectors : {1U, 2049U, 2052U})
        EXPECT_FALSE(suits_large_sectors({.alignment = sectors * 512})) << sectors;
    // A detached header's alignment is the offset of its data.
    EXPECT_FALSE(suits_large_sectors({.alignment = kMiB, .detached = true}));
    EXPECT_TRUE(suits_large_sectors({.data_offset = 0, .detached = true}));
}

TEST(Luks2SizePlan, AlignmentIsOneMebibyteOrWhatTheDeviceWants) {
    EXPECT_EQ(data_alignment({}), kMiB);
    EXPECT_EQ(data_alignment({.minimum_io = 65536, .optimal_io = 262144}), kMiB);
    EXPECT_EQ(data_alignment({.minimum_io = 65536, .optimal_io = 196608}), 196608U);
    EXPECT_EQ(data_alignment({.minimum_io = 65536, .optimal_io = 100000}),
              kMiB);  // a guess of the driver
    EXPECT_EQ(data_alignment({.minimum_io = 3 * kMiB}), 3 * kMiB);
    EXPECT_EQ(data_alignment({.optimal_io = 33553920}), kMiB);  // not a multiple of 4096
}

}  // namespace
}  // namespace latchkey::luks2
