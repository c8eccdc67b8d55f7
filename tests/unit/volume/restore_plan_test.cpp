// SPDX-License-Identifier: GPL-2.0-or-later
#include "volume/restore_plan.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace latchkey::volume {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr std::uint64_t kKib = 1024;

ByteRange kib(std::uint64_t offset, std::uint64_t length) {
    return {.offset = offset * kKib, .length = length * kKib};
}

const std::vector<ByteRange> kCopies = {kib(0, 16), kib(16, 16)};

TEST(RestorePlan, WithoutAnOldHeaderAreasComeBeforeCopies) {
    const auto stages = restore_stages(128 * kKib, {}, {.copies = kCopies, .areas = {kib(32, 32)}});
    ASSERT_EQ(stages.size(), 5U);
    EXPECT_THAT(stages[0], ElementsAre(kib(32, 96)));
    EXPECT_THAT(stages[1], IsEmpty());
    EXPECT_THAT(stages[2], ElementsAre(kib(0, 16)));
    EXPECT_THAT(stages[3], ElementsAre(kib(16, 16)));
    EXPECT_THAT(stages[4], IsEmpty());
}

TEST(RestorePlan, WhatOnlyTheOldHeaderUsesIsWrittenLast) {
    const auto stages =
        restore_stages(128 * kKib, {.copies = kCopies, .areas = {kib(32, 32), kib(64, 32)}},
                       {.copies = kCopies, .areas = {kib(32, 32), kib(96, 16)}});
    ASSERT_EQ(stages.size(), 5U);
    EXPECT_THAT(stages[0],
                ElementsAre(kib(96, 32)));  // unused by both, and used only by the new one
    EXPECT_THAT(stages[1], ElementsAre(kib(32, 32)));  // both
    EXPECT_THAT(stages[4], ElementsAre(kib(64, 32)));  // only the old one's
}

TEST(RestorePlan, CopiesKeepTheOrderInWhichTheyAreGiven) {
    const auto stages =
        restore_stages(64 * kKib, {}, {.copies = {kCopies[1], kCopies[0]}, .areas = {}});
    EXPECT_THAT(stages[2], ElementsAre(kib(16, 16)));
    EXPECT_THAT(stages[3], ElementsAre(kib(0, 16)));
}

TEST(RestorePlan, EarlyCopiesComeBeforeTheAreasThatBothUse) {
    const auto stages =
        restore_stages(128 * kKib, {.copies = kCopies, .areas = {kib(32, 32), kib(64, 16)}},
                       {.copies = {kCopies[1], kCopies[0]}, .areas = {kib(32, 32)}}, 1);
    ASSERT_EQ(stages.size(), 5U);
    EXPECT_THAT(stages[0], ElementsAre(kib(80, 48)));
    EXPECT_THAT(stages[1], ElementsAre(kib(16, 16)));
    EXPECT_THAT(stages[2], ElementsAre(kib(32, 32)));
    EXPECT_THAT(stages[3], ElementsAre(kib(0, 16)));
    EXPECT_THAT(stages[4], ElementsAre(kib(64, 16)));
}

TEST(RestorePlan, AnOldHeaderOfAnotherSizeStaysUntilTheNewOneIsThere) {
    const auto stages =
        restore_stages(256 * kKib, {.copies = {kib(0, 64), kib(64, 64)}, .areas = {}},
                       {.copies = kCopies, .areas = {kib(32, 16)}});
    EXPECT_THAT(stages[0], ElementsAre(kib(128, 128)));
    EXPECT_THAT(stages[1], IsEmpty());
    EXPECT_THAT(stages[4], ElementsAre(kib(32, 96)));
}

TEST(RestorePlan, ClaimsBeyondTheEndDoNotMatter) {
    const auto stages = restore_stages(
        40 * kKib + 100, {.copies = {}, .areas = {kib(48, 16), {~std::uint64_t{0} - 10, 10}}},
        {.copies = {kib(0, 1)}, .areas = {}});
    EXPECT_THAT(stages[0], ElementsAre(ByteRange{.offset = kKib, .length = 39 * kKib + 100}));
}

TEST(RestorePlan, EveryByteIsInOneStage) {
    const std::uint64_t length = 256 * kKib;
    const auto stages = restore_stages(
        length, {.copies = {kib(0, 32), kib(32, 32)}, .areas = {kib(64, 7), kib(90, 50)}},
        {.copies = kCopies, .areas = {kib(32, 33), kib(100, 60)}});
    std::vector<int> written(length / 512, 0);
    for (const auto& stage : stages)
        for (const ByteRange& range : stage)
            for (std::uint64_t at = range.offset; at < range.offset + range.length; at += 512)
                ++written[at / 512];
    EXPECT_THAT(written, testing::Each(1));
}

}  // namespace
}  // namespace latchkey::volume
