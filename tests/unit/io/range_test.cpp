// SPDX-License-Identifier: GPL-2.0-or-later
#include "io/range.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <limits>

#include "io/full_transfer.h"
#include "io/range_set.h"
#include "support/random.h"

namespace latchkey::io {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

constexpr std::uint64_t kMax = std::numeric_limits<std::uint64_t>::max();
constexpr std::uint64_t kHalf = std::uint64_t{1} << 63;

TEST(Range, FitsUpToTheLastByte) {
    EXPECT_TRUE(fits(0, 0, 0));
    EXPECT_TRUE(fits(512, 0, 512));
    EXPECT_TRUE(fits(511, 1, 512));
    EXPECT_FALSE(fits(512, 1, 512));
    EXPECT_FALSE(fits(513, 0, 512));
    EXPECT_FALSE(fits(0, 513, 512));
}

TEST(Range, DoesNotWrapAroundAtTheEndOf64Bits) {
    EXPECT_TRUE(fits(kHalf, kHalf - 1, kMax));
    EXPECT_TRUE(fits(kMax - 1, 1, kMax));
    EXPECT_FALSE(fits(kHalf, kHalf, kMax));  // the sum is 2^64, which overflows to 0
    EXPECT_FALSE(fits(kMax, kMax, kMax));
    EXPECT_FALSE(fits(kMax, 2, 4096));  // the sum is 1
    EXPECT_FALSE(fits(1, kMax, 4096));  // the sum is 0
    EXPECT_FALSE(fits(kHalf - 512, 1024, kHalf));
    EXPECT_TRUE(fits(kHalf - 512, 512, kHalf));
}

TEST(Range, RefusalNamesDeviceOffsetLengthAndSize) {
    const auto result = check_range("disk", kMax, 2, 4096);
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().code, Errc::DeviceTooSmall);
    EXPECT_EQ(result.error().message,
              "device disk is too small: 2 bytes at offset 18446744073709551615 end behind its "
              "size of 4096 bytes");
}

TEST(RangeSet, MergesWhatTouchesOrOverlaps) {
    RangeSet set;
    set.add(100, 50);
    set.add(0, 10);
    set.add(10, 5);    // touches at the end
    set.add(90, 10);   // touches at the beginning
    set.add(120, 10);  // lies inside
    set.add(300, 1);
    EXPECT_THAT(set.ranges(), ElementsAre(ByteRange{0, 15}, ByteRange{90, 60}, ByteRange{300, 1}));
    set.add(14, 290);  // contains all
    EXPECT_THAT(set.ranges(), ElementsAre(ByteRange{0, 304}));
    set.add(1000, 0);  // nothing
    EXPECT_THAT(set.ranges(), ElementsAre(ByteRange{0, 304}));
}

TEST(RangeSet, AgreesWithAMapOfBytes) {
    test::SeededRandom random(7);
    for (int round = 0; round < 200; ++round) {
        RangeSet set;
        std::vector<bool> bytes(64);
        for (int i = 0; i < 12; ++i) {
            const std::uint64_t offset = random.below(56);
            const std::uint64_t length = random.below(8);
            set.add(offset, length);
            std::fill_n(bytes.begin() + static_cast<std::ptrdiff_t>(offset), length, true);
        }
        std::vector<bool> from_set(64);
        std::uint64_t last_end = kMax;
        for (const ByteRange& range : set.ranges()) {
            EXPECT_NE(range.offset, last_end) << "two ranges touch";
            last_end = range.offset + range.length;
            std::fill_n(from_set.begin() + static_cast<std::ptrdiff_t>(range.offset), range.length,
                        true);
        }
        EXPECT_EQ(from_set, bytes) << "round " << round;
    }
}

// A pread that follows a script, one step per call.
struct Step {
    ssize_t count;
    int error = 0;
};

TEST(FullTransfer, GoesOnAfterShortReadsAndSignals) {
    const std::vector<Step> plan = {{-1, EINTR}, {3}, {-1, EINTR}, {1}, {4}};
    std::size_t call = 0;
    std::vector<std::pair<std::size_t, off_t>> asked;
    Bytes into(8);
    const Transferred done = transfer_all(
        [&](std::byte* data, std::size_t length, off_t offset) {
            const Step step = plan.at(call++);
            asked.emplace_back(length, offset);
            for (ssize_t i = 0; i < step.count; ++i) data[i] = static_cast<std::byte>(offset + i);
            errno = step.error;
            return step.count;
        },
        MutableByteView(into), 1000);
    EXPECT_EQ(done.bytes, 8U);
    EXPECT_EQ(done.error, 0);
    EXPECT_EQ(call, plan.size());
    EXPECT_THAT(asked, ElementsAre(std::pair(8U, 1000), std::pair(8U, 1000), std::pair(5U, 1003),
                                   std::pair(5U, 1003), std::pair(4U, 1004)));
    for (std::size_t i = 0; i < into.size(); ++i)
        EXPECT_EQ(into[i], static_cast<std::byte>(1000 + i));
}

TEST(FullTransfer, SaysHowFarItCameBeforeAnError) {
    int call = 0;
    Bytes into(8);
    const Transferred done = transfer_all(
        [&](std::byte*, std::size_t, off_t) -> ssize_t {
            errno = EIO;
            return call++ == 0 ? 5 : -1;
        },
        MutableByteView(into), 0);
    EXPECT_EQ(done.bytes, 5U);
    EXPECT_EQ(done.error, EIO);
}

TEST(FullTransfer, EndsWhenNothingIsTransferred) {
    int calls = 0;
    const Bytes from(8);
    const Transferred done = transfer_all(
        [&](const std::byte*, std::size_t, off_t) -> ssize_t { return calls++ == 0 ? 2 : 0; },
        ByteView(from), 0);
    EXPECT_EQ(done.bytes, 2U);
    EXPECT_EQ(done.error, 0);
    EXPECT_EQ(calls, 2);
}

}  // namespace
}  // namespace latchkey::io
