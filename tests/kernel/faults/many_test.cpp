// SPDX-License-Identifier: GPL-2.0-or-later
// Many operations at the same time, and their speed.
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <filesystem>
#include <iostream>
#include <thread>

#include "base/strprintf.h"
#include "support/child.h"
#include "system_calls.h"
#include "volumes.h"

namespace latchkey {
namespace {

using test::SampleVolume;
using Clock = std::chrono::steady_clock;

constexpr int kMany = 50;
constexpr int kWrongEnd = 99;

// Returns the exit statuses of `body(i)` for i from 0, each in a separate process, all at the same time.
template <typename Body>
std::vector<int> all_at_once(int count, Body body) {
    int gate[2] = {-1, -1};
    EXPECT_EQ(::pipe(gate), 0);
    std::vector<pid_t> children;
    for (int i = 0; i < count; ++i) {
        const pid_t child = ::fork();
        if (child == 0) {
            ::close(gate[1]);
            char byte = 0;
            (void)!::read(gate[0], &byte, 1);  // ends when all have started
            ::_exit(body(i));
        }
        children.push_back(child);
    }
    ::close(gate[0]);
    ::close(gate[1]);
    std::vector<int> statuses;
    for (const pid_t child : children) {
        int status = 0;
        ::waitpid(child, &status, 0);
        statuses.push_back(WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status));
    }
    return statuses;
}

int exit_status(const Result<void>& result, Errc other) {
    if (result) return 0;
    if (result.error().code == other) return 1;
    std::cerr << result.error().message << "\n";
    return kWrongEnd;
}

double seconds_since(Clock::time_point start) {
    return std::chrono::duration<double>(Clock::now() - start).count();
}

double cpu_seconds() {
    rusage usage = {};
    ::getrusage(RUSAGE_SELF, &usage);
    const auto seconds = [](const timeval& time) {
        return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) * 1e-6;
    };
    return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

class KernelMany : public testing::Test {
  protected:
    void SetUp() override { ASSERT_EQ(test::leftovers(), "") << "from an earlier test"; }
    void TearDown() override { EXPECT_EQ(test::leftovers(), ""); }

    std::vector<std::unique_ptr<SampleVolume>> volumes(int count, SampleVolume::Kind kind) {
        std::vector<std::unique_ptr<SampleVolume>> all;
        for (int i = 0; i < count; ++i)
            all.push_back(
                std::make_unique<SampleVolume>(kind, directory_ / ("image" + std::to_string(i))));
        return all;
    }
    test::TempDir directory_;
};

TEST_F(KernelMany, OpenAndCloseDifferentVolumesAtOnce) {
    const auto all = volumes(kMany, SampleVolume::Kind::Luks2);
    const auto start = Clock::now();
    const auto name = [](int i) { return "many" + std::to_string(i); };
    const auto opened = all_at_once(kMany, [&](int i) {
        return exit_status(all[static_cast<std::size_t>(i)]->open(name(i)), Errc::Exists);
    });
    EXPECT_EQ(opened, std::vector<int>(kMany, 0));
    const auto closed = all_at_once(
        kMany, [&](int i) { return exit_status(test::close_mapping(name(i)), Errc::NoDevice); });
    EXPECT_EQ(closed, std::vector<int>(kMany, 0));
    EXPECT_LT(seconds_since(start), 60);
}

TEST_F(KernelMany, OneWinsANameAndOneClosesIt) {
    const auto all = volumes(kMany, SampleVolume::Kind::Luks2);
    const auto start = Clock::now();
    const auto opened = all_at_once(kMany, [&](int i) {
        return exit_status(all[static_cast<std::size_t>(i)]->open("same"), Errc::Exists);
    });
    EXPECT_EQ(std::ranges::count(opened, 0), 1);
    EXPECT_EQ(std::ranges::count(opened, 1), kMany - 1);
    const auto closed = all_at_once(
        kMany, [&](int) { return exit_status(test::close_mapping("same"), Errc::NoDevice); });
    EXPECT_EQ(std::ranges::count(closed, 0), 1);
    EXPECT_EQ(std::ranges::count(closed, 1), kMany - 1);
    EXPECT_LT(seconds_since(start), 60);
}

TEST_F(KernelMany, OneWinsADevice) {
    SampleVolume volume(SampleVolume::Kind::Luks2, directory_ / "on-block", true);
    const auto opened = all_at_once(kMany, [&](int i) {
        return exit_status(volume.open("device" + std::to_string(i)), Errc::Busy);
    });
    EXPECT_EQ(std::ranges::count(opened, 0), 1);
    EXPECT_EQ(std::ranges::count(opened, 1), kMany - 1);
    for (int i = 0; i < kMany; ++i) (void)test::close_mapping("device" + std::to_string(i));
}

TEST_F(KernelMany, ThreadsOpenAndCloseTheirOwn) {
    constexpr int kThreads = 8;
    constexpr int kRounds = 10;
    const auto all = volumes(kThreads, SampleVolume::Kind::Luks1);
    std::vector<std::thread> threads;
    std::atomic<int> done{0};
    for (int i = 0; i < kThreads; ++i)
        threads.emplace_back([&, i] {
            const std::string name = "thread" + std::to_string(i);
            for (int round = 0; round < kRounds; ++round)
                if (all[static_cast<std::size_t>(i)]->open(name) && test::close_mapping(name))
                    ++done;
        });
    for (std::thread& thread : threads) thread.join();
    EXPECT_EQ(done, kThreads * kRounds);
}

TEST_F(KernelMany, OpeningMakesFewCalls) {
    SampleVolume volume(SampleVolume::Kind::Luks2, directory_ / "image");
    std::size_t open_calls = 0;
    std::size_t close_calls = 0;
    // Runs in a child, because libdevmapper asks for the driver's version once per process.
    const int counts = test::in_child([&] {
        {
            const test::Watch watch;
            if (!volume.open("few")) return kWrongEnd;
            open_calls = watch.device_mapper_calls();
        }
        const test::Watch watch;
        if (!test::close_mapping("few")) return kWrongEnd;
        close_calls = watch.device_mapper_calls();
        return static_cast<int>(open_calls * 10 + close_calls);
    });
    // Version, status, target version, create, load, resume; table, remove.  The peer makes 8 and 11 calls.
    EXPECT_LE(counts / 10, 6);
    EXPECT_GE(counts / 10, 4) << "the calls are seen at all";
    EXPECT_LE(counts % 10, 2);
    EXPECT_GE(counts % 10, 1);
}

TEST_F(KernelMany, AHundredVolumesInOneProcess) {
    constexpr int kHundred = 100;
    const auto all = volumes(kHundred, SampleVolume::Kind::Plain);
    const auto name = [](int i) { return "hundred" + std::to_string(i); };
    auto start = Clock::now();
    double cpu = cpu_seconds();
    for (int i = 0; i < kHundred; ++i) {
        const auto opened = all[static_cast<std::size_t>(i)]->open(name(i));
        ASSERT_TRUE(opened) << opened.error().message;
    }
    std::cout << strprintf("opening 100 volumes: %.0f ms, CPU %.0f ms\n",
                           seconds_since(start) * 1e3, (cpu_seconds() - cpu) * 1e3);
    start = Clock::now();
    cpu = cpu_seconds();
    for (int i = 0; i < kHundred; ++i) ASSERT_TRUE(test::close_mapping(name(i)));
    std::cout << strprintf("closing 100 volumes: %.0f ms, CPU %.0f ms\n",
                           seconds_since(start) * 1e3, (cpu_seconds() - cpu) * 1e3);
}

}  // namespace
}  // namespace latchkey
