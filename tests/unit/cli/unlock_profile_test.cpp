// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/unlock_profile.h"

#include <gtest/gtest.h>

namespace latchkey::cli {
namespace {

std::string refusal(std::string_view text) {
    const auto profile = parse_unlock_profile(text);
    return profile ? "" : profile.error().message;
}

TEST(UnlockProfile, IsMemoryProcessorsAndSpeedInAnyOrder) {
    const auto all = parse_unlock_profile("speed=25,memory=512M,cpus=1");
    ASSERT_TRUE(all) << all.error().message;
    EXPECT_EQ(all->memory_kib, 512U * 1024);
    EXPECT_EQ(all->cpus, 1U);
    EXPECT_EQ(all->speed, 25U);
    const auto one = parse_unlock_profile("memory=1GiB");
    ASSERT_TRUE(one) << one.error().message;
    EXPECT_EQ(one->memory_kib, 1024U * 1024);
    EXPECT_EQ(one->cpus, 0U);
    EXPECT_EQ(one->speed, 100U);
}

TEST(UnlockProfile, OtherWordsAreRefusedByName) {
    for (const char* word : {"", "512M", "mem=512M", "memory=1G,"}) {
        const std::string wrong = std::string(word) == "memory=1G," ? "" : word;
        EXPECT_EQ(refusal(word),
                  "--unlock-on: '" + wrong + "' is not memory=SIZE, cpus=NUMBER or speed=PERCENT");
    }
    EXPECT_EQ(refusal("memory=1023K"),
              "--unlock-on: 'memory=1023K' is not a size of 1 MiB or more");
    EXPECT_EQ(refusal("memory"), "--unlock-on: 'memory' is not a size of 1 MiB or more");
    EXPECT_EQ(refusal("cpus=0"), "--unlock-on: 'cpus=0' is not a number within 1 and 65536");
    EXPECT_EQ(refusal("cpus=-1"), "--unlock-on: 'cpus=-1' is not a number within 1 and 65536");
    EXPECT_EQ(refusal("speed=10001"),
              "--unlock-on: 'speed=10001' is not a number within 1 and 10000");
    EXPECT_EQ(refusal("speed=0.25"),
              "--unlock-on: 'speed=0.25' is not a number within 1 and 10000");
    EXPECT_EQ(refusal("cpus=1,speed=2,cpus=2"), "--unlock-on: 'cpus' is given twice");
}

TEST(UnlockProfile, LimitsMemoryLanesAndTime) {
    const KdfRequest request = for_machine({512 * 1024, 1, 25}, {.time_ms = 2000});
    EXPECT_EQ(request.memory_kib, 256U * 1024);
    EXPECT_EQ(request.lanes, 1U);
    EXPECT_EQ(request.time_ms, 500U);
}

TEST(UnlockProfile, NeverRaisesWhatIsAskedFor) {
    const KdfRequest small =
        for_machine({64 * 1024 * 1024, 32, 100}, {.time_ms = 100, .memory_kib = 65536, .lanes = 2});
    EXPECT_EQ(small.memory_kib, 65536U);
    EXPECT_EQ(small.lanes, 2U);
    EXPECT_EQ(small.time_ms, 100U);
    const KdfRequest defaults = for_machine({64 * 1024 * 1024, 32, 100}, {});
    EXPECT_EQ(defaults.memory_kib, 1'048'576U);
    EXPECT_EQ(defaults.lanes, 4U);
    EXPECT_EQ(for_machine({0, 0, 1}, {.time_ms = 1}).time_ms, 1U) << "0 would be the default";
    EXPECT_EQ(for_machine({}, {}).memory_kib, std::nullopt);
}

}  // namespace
}  // namespace latchkey::cli
