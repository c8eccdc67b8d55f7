// SPDX-License-Identifier: GPL-2.0-or-later
#include "base/helpers.h"

#include <gtest/gtest.h>

#include <atomic>
#include <condition_variable>
#include <new>
#include <numeric>
#include <thread>

namespace latchkey {
namespace {

constexpr std::size_t kPart = Helpers::kPartBytes;

// Returns how often each byte of a request was processed.
std::vector<int> shared_bytes(Helpers& helpers, std::size_t length) {
    std::vector<int> times(length);
    EXPECT_TRUE(helpers.share(length, [&](std::size_t begin, std::size_t count) -> Result<void> {
        for (std::size_t at = begin; at < begin + count; ++at) ++times.at(at);
        return {};
    }));
    return times;
}

TEST(ServeHelpers, EveryByteOnceWhateverTheLength) {
    for (const unsigned threads : {0U, 1U, 3U}) {
        Helpers helpers(threads);
        for (const std::size_t length : {std::size_t{0}, std::size_t{1}, kPart, 2 * kPart - 1,
                                         2 * kPart, 3 * kPart + 17, 8 * kPart})
            EXPECT_EQ(shared_bytes(helpers, length), std::vector<int>(length, 1)) << length;
    }
}

TEST(ServeHelpers, SmallRequestsStayWhole) {
    Helpers helpers(3);
    int calls = 0;
    ASSERT_TRUE(
        helpers.share(2 * kPart - 1, [&](std::size_t begin, std::size_t length) -> Result<void> {
            ++calls;
            EXPECT_EQ(begin, 0U);
            EXPECT_EQ(length, 2 * kPart - 1);
            return {};
        }));
    EXPECT_EQ(calls, 1);
}

// Each part waits for the other: one thread would wait for ever.
TEST(ServeHelpers, TwoWorkAtOnce) {
    Helpers helpers(1);
    std::mutex mutex;
    std::condition_variable met;
    int inside = 0;
    ASSERT_TRUE(helpers.share(2 * kPart, [&](std::size_t, std::size_t) -> Result<void> {
        std::unique_lock lock(mutex);
        ++inside;
        met.notify_all();
        met.wait(lock, [&] { return inside == 2; });
        return {};
    }));
}

TEST(ServeHelpers, TheFailureIsTheAnswerAndTheRestIsLeft) {
    Helpers helpers(0);
    const auto refused = helpers.share(8 * kPart, [](std::size_t, std::size_t) -> Result<void> {
        return fail(Errc::NoSpace, "no room");
    });
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().message, "no room");

    Helpers more(3);
    const auto failed = more.share(64 * kPart, [](std::size_t begin, std::size_t) -> Result<void> {
        if (begin == 3 * kPart) return fail(Errc::Io, "part %zu is bad", begin / kPart);
        return {};
    });
    ASSERT_FALSE(failed);
    EXPECT_EQ(failed.error().message, "part 3 is bad");
    EXPECT_EQ(shared_bytes(more, 4 * kPart), std::vector<int>(4 * kPart, 1));
}

TEST(ServeHelpers, ManyCallersAtOnce) {
    Helpers helpers(2);
    std::vector<std::thread> callers;
    std::atomic<std::uint64_t> sum{0};
    for (int caller = 0; caller < 6; ++caller)
        callers.emplace_back([&] {
            for (int request = 0; request < 200; ++request)
                EXPECT_TRUE(helpers.share(5 * kPart + 3,
                                          [&](std::size_t, std::size_t length) -> Result<void> {
                                              sum += length;
                                              return {};
                                          }));
        });
    for (std::thread& caller : callers) caller.join();
    EXPECT_EQ(sum, 6U * 200U * (5 * kPart + 3));
}

TEST(Helpers, APartWithoutMemoryIsAnError) {
    Helpers helpers(3);
    const auto done = helpers.share(
        8 * kPart, [](std::size_t, std::size_t) -> Result<void> { throw std::bad_alloc(); });
    ASSERT_FALSE(done);
    EXPECT_EQ(done.error().code, Errc::OutOfMemory);
}

}  // namespace
}  // namespace latchkey
