// SPDX-License-Identifier: GPL-2.0-or-later
#include "io/wipe.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "base/hex.h"
#include "io/mem_device.h"
#include "support/fault_device.h"
#include "support/random.h"
#include "support/recording_device.h"

namespace latchkey::io {
namespace {

constexpr std::size_t kMiB = 1024 * 1024;

std::shared_ptr<MemDevice> disk(std::size_t size, bool rotational = false) {
    Topology topology;
    topology.rotational = rotational;
    return std::make_shared<MemDevice>(Bytes(size, std::byte{0xee}), "disk", topology);
}

std::vector<test::RecordedWrite> writes_of(const test::Trace& trace) {
    std::vector<test::RecordedWrite> writes;
    for (const auto& event : trace)
        if (const auto* write = std::get_if<test::RecordedWrite>(&event)) writes.push_back(*write);
    return writes;
}

TEST(Wipe, ZerosTheRangeAndNothingElse) {
    Context context;
    const auto device = disk(3 * kMiB);
    ASSERT_TRUE(wipe(context, *device, {1000, 2 * kMiB + 10}, WipePattern::Zero));
    const ByteView bytes = device->bytes();
    EXPECT_TRUE(
        std::ranges::all_of(bytes.first(1000), [](std::byte b) { return b == std::byte{0xee}; }));
    EXPECT_TRUE(std::ranges::all_of(bytes.subspan(1000, 2 * kMiB + 10),
                                    [](std::byte b) { return b == std::byte{0}; }));
    EXPECT_TRUE(std::ranges::all_of(bytes.subspan(2 * kMiB + 1010),
                                    [](std::byte b) { return b == std::byte{0xee}; }));
}

TEST(Wipe, TakesRandomBytesFromTheContext) {
    Context context;
    context.random = std::make_shared<test::SeededRandom>(5);
    const auto device = disk(kMiB + 512);
    ASSERT_TRUE(wipe(context, *device, {0, kMiB + 512}, WipePattern::Random));
    test::SeededRandom same(5);
    Bytes expected(kMiB);
    ASSERT_TRUE(same.fill(expected));
    EXPECT_TRUE(std::ranges::equal(device->bytes().first(kMiB), expected));
    Bytes rest(512);
    ASSERT_TRUE(same.fill(rest));
    EXPECT_TRUE(std::ranges::equal(device->bytes().subspan(kMiB), rest));
}

TEST(Wipe, DestroysOnceWhereNothingRotates) {
    Context context;
    test::RecordingDevice device(disk(4096));
    ASSERT_TRUE(wipe(context, device, {0, 4096}, WipePattern::Destroy));
    EXPECT_EQ(device.trace().size(), 2U);  // one write, one flush
}

// The table of Gutmann's paper, in the order of docs/formats/luks1.md section 7, as text.
TEST(Wipe, DestroysInFortyPassesOnRotatingDisks) {
    Context context;
    context.random = std::make_shared<test::SeededRandom>(1);
    test::RecordingDevice device(disk(4096, true));
    ASSERT_TRUE(wipe(context, device, {512, 100}, WipePattern::Destroy));
    ASSERT_EQ(device.trace().size(), 80U);
    for (std::size_t i = 1; i < 80; i += 2)
        EXPECT_TRUE(std::holds_alternative<test::RecordedFlush>(device.trace()[i])) << i;
    const auto writes = writes_of(device.trace());
    const char* const fixed[27] = {
        "555555", "aaaaaa", "924924", "492492", "249249", "000000", "111111", "222222", "333333",
        "444444", "555555", "666666", "777777", "888888", "999999", "aaaaaa", "bbbbbb", "cccccc",
        "dddddd", "eeeeee", "ffffff", "924924", "492492", "249249", "6db6db", "b6db6d", "db6db6"};
    for (std::size_t pass = 0; pass < 40; ++pass) {
        EXPECT_EQ(writes[pass].offset, 512U);
        ASSERT_EQ(writes[pass].bytes.size(), 100U);
        const std::string start = to_hex(ByteView(writes[pass].bytes).first(3));
        const bool repeats = std::ranges::equal(ByteView(writes[pass].bytes).subspan(3),
                                                ByteView(writes[pass].bytes).first(97));
        if (pass >= 5 && pass < 32) {
            EXPECT_EQ(start, fixed[pass - 5]) << pass;
            EXPECT_TRUE(repeats) << pass;
        } else if (pass == 38) {
            EXPECT_EQ(start, "ffffff");
            EXPECT_TRUE(repeats);
        } else {
            EXPECT_FALSE(repeats) << pass << " must be random";
        }
    }
}

TEST(Wipe, PatternsGoOnOverTheBordersOfBlocks) {
    Context context;
    test::RecordingDevice device(disk(2 * kMiB, true));
    ASSERT_TRUE(wipe(context, device, {0, kMiB + 6}, WipePattern::Destroy));
    const auto writes = writes_of(device.trace());
    ASSERT_EQ(writes.size(), 80U);
    // Pass 7 is 92 49 24; 1 MiB is one more than a multiple of three, so a block ends with the first byte of them.
    EXPECT_EQ(to_hex(ByteView(writes[14].bytes).last(4)), "92492492");
    EXPECT_EQ(to_hex(writes[15].bytes), "492492492492");
}

TEST(Wipe, StopsWhenToldTo) {
    Context context;
    std::vector<std::uint64_t> done;
    context.progress = [&](std::uint64_t now, std::uint64_t all) {
        EXPECT_EQ(all, 3 * kMiB);
        done.push_back(now);
        return done.size() < 2;
    };
    const auto device = disk(3 * kMiB);
    const auto stopped = wipe(context, *device, {0, 3 * kMiB}, WipePattern::Zero);
    ASSERT_FALSE(stopped);
    EXPECT_EQ(stopped.error().code, Errc::Interrupted);
    EXPECT_EQ(stopped.error().message, "stopped while overwriting disk");
    EXPECT_EQ(done, (std::vector<std::uint64_t>{kMiB, 2 * kMiB}));
    EXPECT_EQ(device->bytes()[2 * kMiB], std::byte{0xee});

    Context cancelled;
    cancelled.cancel();
    const auto untouched = disk(4096);
    EXPECT_EQ(wipe(cancelled, *untouched, {0, 4096}, WipePattern::Zero).error().code,
              Errc::Interrupted);
    EXPECT_EQ(untouched->bytes()[0], std::byte{0xee});
}

// Nothing else would overwrite the area of a keyslot that no header lists any longer.
TEST(Wipe, DestroyingFinishesItsFirstPass) {
    Context cancelled;
    cancelled.cancel();
    cancelled.progress = [](std::uint64_t, std::uint64_t) { return false; };
    test::RecordingDevice still(disk(2 * kMiB));
    ASSERT_TRUE(destroy(cancelled, still, {0, 2 * kMiB}));
    EXPECT_EQ(writes_of(still.trace()).size(), 2U);
    test::RecordingDevice rotating(disk(2 * kMiB, true));
    ASSERT_TRUE(destroy(cancelled, rotating, {0, 2 * kMiB}));
    EXPECT_EQ(writes_of(rotating.trace()).size(), 2U);
    Context context;
    test::RecordingDevice whole(disk(2 * kMiB, true));
    ASSERT_TRUE(destroy(context, whole, {0, 2 * kMiB}));
    EXPECT_EQ(writes_of(whole.trace()).size(), 80U);
}

TEST(Wipe, RefusesARangeThatIsNotThereBeforeItWritesAnything) {
    Context context;
    const auto device = disk(4096);
    for (const ByteRange& range :
         {ByteRange{0, 4097}, ByteRange{4096, 1}, ByteRange{~std::uint64_t{0}, 2}})
        EXPECT_EQ(wipe(context, *device, range, WipePattern::Zero).error().code,
                  Errc::DeviceTooSmall);
    EXPECT_EQ(device->bytes()[0], std::byte{0xee});
    EXPECT_TRUE(wipe(context, *device, {4096, 0}, WipePattern::Zero));
}

TEST(Wipe, PassesOnFailures) {
    Context context;
    test::FaultDevice write_fails(disk(4096), {.write = 0, .code = Errc::NoSpace});
    EXPECT_EQ(wipe(context, write_fails, {0, 4096}, WipePattern::Zero).error().code, Errc::NoSpace);
    test::FaultDevice flush_fails(disk(4096), {.flush = 0});
    EXPECT_EQ(wipe(context, flush_fails, {0, 4096}, WipePattern::Zero).error().code, Errc::Io);
}

}  // namespace
}  // namespace latchkey::io
