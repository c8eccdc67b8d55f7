// SPDX-License-Identifier: GPL-2.0-or-later
#include "ui/progress.h"

#include <gtest/gtest.h>

#include "ui/work_watch.h"

namespace latchkey::cli {
namespace {

constexpr std::uint64_t kMib = 1024 * 1024;

TEST(CliProgress, TextIsThePeers) {
    EXPECT_EQ(progress_text({40 * kMib, 320 * kMib, 4000}),
              "Progress:  12.5%, ETA 00m28s,   40 MiB written, speed  10.0 MiB/s");
    EXPECT_EQ(progress_text({320 * kMib, 320 * kMib, 5000}),
              "Finished, time 00m05s,  320 MiB written, speed  64.0 MiB/s");
}

TEST(CliProgress, OfAnUnknownLengthNoEndIsForetold) {
    EXPECT_EQ(progress_text({40 * kMib, 0, 4000}), "Progress:   40 MiB written, speed  10.0 MiB/s");
}

TEST(CliProgress, UnitsGrow) {
    EXPECT_EQ(progress_text({4095 * kMib, 8190 * kMib, 1'000'000}),
              "Progress:  50.0%, ETA 16m40s, 4095 MiB written, speed   4.1 MiB/s");
    EXPECT_EQ(progress_text({4096 * kMib, 8192 * kMib, 1'000'000}),
              "Progress:  50.0%, ETA 16m40s,    4 GiB written, speed   4.1 MiB/s");
    EXPECT_EQ(progress_text({kMib, 2 * kMib, 5'400'000}),
              "Progress:  50.0%, ETA 01h30m00s,    1 MiB written, speed 194.2 B/s");
    EXPECT_EQ(progress_text({kMib, 2 * kMib, 36 * 3'600'000ULL}),
              "Progress:  50.0%, ETA 01 days,    1 MiB written, speed   8.1 B/s");
}

TEST(CliProgress, JsonIsThePeers) {
    EXPECT_EQ(
        progress_json({589824, 25165824, 1094}),
        R"({"device_bytes":"589824","device_size":"25165824","speed":"539144","eta_ms":"45583","time_ms":"1094"})");
    EXPECT_EQ(
        progress_json({100, 100, 10}),
        R"({"device_bytes":"100","device_size":"100","speed":"10000","eta_ms":"0","time_ms":"10"})");
}

TEST(CliProgress, SpeaksTwiceASecondAndNotAtFirst) {
    Progress progress;
    EXPECT_FALSE(progress.is_due(1000, false, {}));
    EXPECT_FALSE(progress.is_due(1499, false, {}));
    EXPECT_TRUE(progress.is_due(1500, false, {}));
    EXPECT_FALSE(progress.is_due(1900, false, {}));
    EXPECT_TRUE(progress.is_due(1901, true, {}));
    EXPECT_EQ(progress.elapsed_ms(1901), 901U);
}

TEST(CliProgress, ShortWorkIsSilentUnlessAskedFor) {
    Progress progress;
    EXPECT_FALSE(progress.is_due(1000, false, {}));
    EXPECT_FALSE(progress.is_due(1400, true, {}));
    Progress asked;
    EXPECT_FALSE(asked.is_due(1000, false, 10));
    EXPECT_FALSE(asked.is_due(6000, false, 10));
    EXPECT_TRUE(asked.is_due(6001, true, 10));
}

TEST(CliProgress, EachWorkHasItsOwnClock) {
    Progress progress;
    EXPECT_FALSE(progress.is_due(0, false, {}));
    EXPECT_TRUE(progress.is_due(700, false, {}));
    EXPECT_TRUE(progress.is_due(800, true, {}));
    EXPECT_FALSE(progress.is_due(5000, false, {}));
    EXPECT_EQ(progress.elapsed_ms(5100), 100U);
    EXPECT_FALSE(progress.is_due(5200, true, {}));
}

// Without a terminal each line is kept: few of them.
TEST(CliProgress, InAPipeItSpeaksAfterTwoSecondsAndThenSeldom) {
    Progress progress;
    std::vector<std::uint64_t> spoke;
    for (std::uint64_t now = 0; now <= 200'000; now += 500)
        if (progress.is_due(now, false, {}, true)) spoke.push_back(now / 1000);
    EXPECT_EQ(spoke, (std::vector<std::uint64_t>{2, 4, 8, 16, 32, 64, 124, 184}));
    EXPECT_TRUE(progress.is_due(200'500, true, {}, true));
    Progress soon;
    EXPECT_FALSE(soon.is_due(0, false, {}, true));
    EXPECT_FALSE(soon.is_due(1900, false, {}, true));
    EXPECT_FALSE(soon.is_due(1950, true, {}, true)) << "nothing was said before";
}

TEST(CliWork, HasARhythm) {
    const auto first = [](const WorkRhythm& rhythm) {
        std::vector<std::uint64_t> seconds;
        for (std::uint64_t at = 0; seconds.size() < 4; seconds.push_back(at)) at = rhythm.next(at);
        return seconds;
    };
    EXPECT_EQ(first({}), (std::vector<std::uint64_t>{2, 4, 8, 16}));
    EXPECT_EQ(first({.one_line = true}), (std::vector<std::uint64_t>{2, 3, 4, 5}));
    EXPECT_EQ(first({.every = 1}), (std::vector<std::uint64_t>{2, 3, 4, 5}));
    EXPECT_EQ(first({.every = 10}), (std::vector<std::uint64_t>{10, 20, 30, 40}));
}

TEST(CliWork, NamesTheFirstAndCountsTheOthers) {
    EXPECT_EQ(work_text("deriving the key of keyslot 0", 0, 4),
              "deriving the key of keyslot 0: 4 s so far");
    EXPECT_EQ(work_text("deriving the key of keyslot 0", 2, 4),
              "deriving the key of keyslot 0, and 2 more: 4 s so far");
}

// A short computation says nothing, and ends its thread.
TEST(CliWork, ShortWorkIsSilent) {
    int asked = 0;
    WorkWatch watch([&asked]() -> std::FILE* { return ++asked, nullptr; }, {});
    for (int i = 0; i < 3; ++i) {
        const int outer = watch.begins("a");
        const int inner = watch.begins("b");
        EXPECT_NE(outer, inner);
        watch.ends(outer);
        watch.ends(inner);
    }
    EXPECT_EQ(asked, 0);
}

}  // namespace
}  // namespace latchkey::cli
