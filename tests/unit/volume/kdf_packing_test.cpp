// SPDX-License-Identifier: GPL-2.0-or-later
// The schedule of derivations.
#include "latchkey/kdf_packing.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <queue>

namespace latchkey {
namespace {

constexpr std::uint64_t kMiB = 1024;  // KiB

// Runs jobs whose work is their time on one processor; returns when the last one ends, and the maximum use.
struct PackedRun {
    double ends = 0;
    std::uint64_t most_kib = 0;
    std::size_t most_running = 0;
    std::vector<std::size_t> order = {};
};
PackedRun packed(const std::vector<KdfJob>& jobs, std::uint64_t budget_kib, unsigned cpus) {
    KdfPacking packing(budget_kib, cpus);
    for (const KdfJob& job : jobs) packing.add(job);
    using Event = std::pair<double, std::size_t>;
    std::priority_queue<Event, std::vector<Event>, std::greater<>> ends;
    PackedRun run;
    for (;;) {
        while (const auto next = packing.begin_next()) {
            run.order.push_back(*next);
            ends.emplace(run.ends + static_cast<double>(jobs[*next].work) /
                                        std::min(jobs[*next].lanes, cpus),
                         *next);
            run.most_kib = std::max(run.most_kib, packing.used_kib());
            run.most_running = std::max(run.most_running, packing.running());
        }
        if (ends.empty()) return run;
        run.ends = ends.top().first;
        packing.finished(ends.top().second);
        ends.pop();
    }
}

TEST(KdfPacking, FillsProcessorsWithinTheBudget) {
    const std::vector<KdfJob> twelve(12, KdfJob{.memory_kib = 256 * kMiB, .work = 100, .lanes = 1});
    const PackedRun run = packed(twelve, 2048 * kMiB, 2);
    EXPECT_EQ(run.ends, 600);  // the ideal
    EXPECT_EQ(run.most_running, 2U);
    EXPECT_EQ(run.order.size(), 12U);
    // Less memory than the processors could use.
    const PackedRun tight = packed(twelve, 600 * kMiB, 8);
    EXPECT_EQ(tight.most_running, 2U);
    EXPECT_EQ(tight.ends, 600);
    EXPECT_LE(tight.most_kib, 600 * kMiB);
}

TEST(KdfPacking, TheLongestGoFirst) {
    const std::vector<KdfJob> jobs = {{.memory_kib = 1, .work = 10},
                                      {.memory_kib = 1, .work = 30},
                                      {.memory_kib = 1, .work = 20},
                                      {.memory_kib = 1, .work = 30}};
    EXPECT_EQ(packed(jobs, 100, 1).order, (std::vector<std::size_t>{1, 3, 2, 0}));
}

TEST(KdfPacking, WhatFitsGoesPastWhatMustWait) {
    const std::vector<KdfJob> jobs = {{.memory_kib = 60, .work = 50},
                                      {.memory_kib = 60, .work = 40},
                                      {.memory_kib = 40, .work = 10}};
    const PackedRun run = packed(jobs, 100, 2);
    EXPECT_EQ(run.order, (std::vector<std::size_t>{0, 2, 1}));
    EXPECT_LE(run.most_kib, 100U);
}

TEST(KdfPacking, WhatIsMoreThanTheBudgetRunsAlone) {
    const std::vector<KdfJob> jobs = {{.memory_kib = 500, .work = 50},
                                      {.memory_kib = 10, .work = 60},
                                      {.memory_kib = UINT64_MAX / 2, .work = 5}};
    const PackedRun run = packed(jobs, 100, 4);
    EXPECT_EQ(run.order.size(), 3U);
    EXPECT_EQ(run.most_running, 1U);
}

TEST(KdfPacking, NothingRunsBesideAJobThatMustBeAlone) {
    const std::vector<KdfJob> jobs = {{.memory_kib = 10, .work = 50},
                                      {.memory_kib = 10, .work = 40, .alone = true},
                                      {.memory_kib = 10, .work = 30},
                                      {.memory_kib = 10, .work = 20}};
    KdfPacking packing(100, 4);
    for (const KdfJob& job : jobs) packing.add(job);
    EXPECT_EQ(packing.begin_next(), 0U);
    EXPECT_EQ(packing.begin_next(), 2U) << "it waits until nothing runs";
    EXPECT_EQ(packing.begin_next(), 3U);
    EXPECT_EQ(packing.begin_next(), std::nullopt);
    for (const std::size_t one : {0U, 2U, 3U}) packing.finished(one);
    EXPECT_EQ(packing.begin_next(), 1U);
    packing.add({.memory_kib = 10, .work = 10});
    EXPECT_EQ(packing.begin_next(), std::nullopt) << "and nothing begins while it runs";
    packing.finished(1);
    EXPECT_EQ(packing.begin_next(), 4U);
}

TEST(KdfPacking, LanesCountAsProcessors) {
    const std::vector<KdfJob> jobs(3, KdfJob{.memory_kib = 1, .work = 100, .lanes = 4});
    EXPECT_EQ(packed(jobs, 100, 4).most_running, 1U);
    EXPECT_EQ(packed(jobs, 100, 5).most_running, 2U);  // the fifth job need not wait
    EXPECT_EQ(packed(jobs, 100, 0).most_running, 1U);
}

TEST(KdfPacking, JobsAreAddedWhileOthersRun) {
    KdfPacking packing(100, 2);
    EXPECT_EQ(packing.add({.memory_kib = 10, .work = 1}), 0U);
    EXPECT_EQ(packing.begin_next(), 0U);
    EXPECT_EQ(packing.begin_next(), std::nullopt);
    EXPECT_EQ(packing.add({.memory_kib = 10, .work = 5}), 1U);
    EXPECT_EQ(packing.begin_next(), 1U);
    packing.finished(0);
    packing.finished(1);
    EXPECT_EQ(packing.running(), 0U);
    EXPECT_EQ(packing.used_kib(), 0U);
}

TEST(KdfPacking, AJobIsAllKeyslotsThatAreTried) {
    const std::vector<KeyslotInfo> slots = {
        {.number = 0,
         .kdf_type = "argon2id",
         .kdf_iterations = 4,
         .kdf_memory_kib = 1000,
         .kdf_lanes = 2},
        {.number = 1,
         .kdf_type = "argon2id",
         .kdf_iterations = 4,
         .kdf_memory_kib = 3000,
         .kdf_lanes = 4},
        {.number = 2,
         .priority = Priority::Ignore,
         .kdf_iterations = 9,
         .kdf_memory_kib = 9000,
         .kdf_lanes = 8},
        {.number = 3, .unbound = true, .kdf_iterations = 9, .kdf_memory_kib = 8000, .kdf_lanes = 8},
        {.number = 4, .usable = false, .kdf_iterations = 9, .kdf_memory_kib = 9000, .kdf_lanes = 8},
        {.number = 5, .kdf_type = "pbkdf2", .kdf_iterations = 4000}};
    const KdfJob job = kdf_job(slots, {.any_segment = false});
    EXPECT_EQ(job.memory_kib, 3000U);
    EXPECT_EQ(job.work, 4000U + 12000U + 1000U);
    EXPECT_EQ(job.lanes, 4U);
    EXPECT_EQ(kdf_job(slots).memory_kib, 8000U);
    EXPECT_EQ(kdf_job(slots, {.keyslot = 2}).memory_kib, 9000U);
    EXPECT_EQ(kdf_job({}).memory_kib, 0U);
    // Extreme values in a header do not overflow.
    const std::vector<KeyslotInfo> vast(
        3, KeyslotInfo{.kdf_iterations = UINT64_MAX / 2, .kdf_memory_kib = 4});
    EXPECT_EQ(kdf_job(vast).work, UINT64_MAX);
}

TEST(KdfPacking, ThisMachineHasSomething) {
    EXPECT_GE(kdf_memory_budget_kib(), 1U);
    EXPECT_GE(kdf_cpus(), 1U);
}

}  // namespace
}  // namespace latchkey
