// SPDX-License-Identifier: GPL-2.0-or-later
#include "crypto/job_pool.h"

#include <gtest/gtest.h>

namespace latchkey::crypto {
namespace {

void count_up(void* counter) {
    static_cast<std::atomic<int>*>(counter)->fetch_add(1);
}

TEST(JobPool, WaitsForAllJobsOfEveryRound) {
    std::atomic<bool> cancelled = false;
    for (const std::size_t workers : {0U, 1U, 2U, 5U}) {
        JobPool pool(workers, cancelled);
        std::atomic<int> done = 0;
        for (int round = 1; round <= 50; ++round) {
            for (int job = 0; job < 7; ++job) ASSERT_TRUE(pool.submit({&count_up, &done}));
            ASSERT_TRUE(pool.wait());
            ASSERT_EQ(done, 7 * round);
        }
        EXPECT_TRUE(pool.wait());  // nothing to do
    }
}

TEST(JobPool, DropsWhatHasNotBegunWhenCancelled) {
    std::atomic<bool> cancelled = true;
    JobPool pool(3, cancelled);
    std::atomic<int> done = 0;
    for (int job = 0; job < 100; ++job) ASSERT_TRUE(pool.submit({&count_up, &done}));
    EXPECT_FALSE(pool.wait());
    EXPECT_EQ(done, 0);
}

TEST(JobPool, EndsWithJobsLeft) {
    std::atomic<bool> cancelled = false;
    std::atomic<int> done = 0;
    {
        JobPool pool(2, cancelled);
        for (int job = 0; job < 1000; ++job) ASSERT_TRUE(pool.submit({&count_up, &done}));
    }
    EXPECT_LE(done, 1000);
}

}  // namespace
}  // namespace latchkey::crypto
