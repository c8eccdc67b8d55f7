// SPDX-License-Identifier: GPL-2.0-or-later
// A process is killed before and after each system call of an operation; the next one must recover.
#include <gtest/gtest.h>

#include <functional>

#include "support/child.h"
#include "system_calls.h"
#include "volumes.h"

namespace latchkey {
namespace {

using test::Fate;
using test::in_child;
using test::SampleVolume;
using test::Watch;

constexpr int kKilled = 128 + 9;

struct KillCase {
    const char* name;
    SampleVolume::Kind kind;
    bool on_block_device;
};

class KernelKill : public testing::TestWithParam<KillCase> {
  protected:
    void SetUp() override { ASSERT_EQ(test::leftovers(), "") << "from an earlier test"; }

    // Returns the number of system calls of `verb`, which succeeds.
    static std::size_t count_calls(const std::function<bool()>& verb) {
        const Watch watch;
        EXPECT_TRUE(verb());
        return watch.names().size();
    }
    // Runs `verb` in a child that dies at its n-th call.
    static void kill_at(std::size_t n, Fate fate, const std::function<bool()>& verb) {
        const int status = in_child([&] {
            const Watch watch(n, fate);
            return verb() ? 0 : 1;
        });
        ASSERT_EQ(status, kKilled) << "the child lived on";
    }
    bool open() {
        const auto opened = volume_.open("victim");
        if (!opened) ADD_FAILURE() << opened.error().message;
        return opened.has_value();
    }
    static bool close() {
        const auto closed = test::close_mapping("victim");
        if (!closed) ADD_FAILURE() << closed.error().message;
        return closed.has_value();
    }
    // One normal call must recover from any state that the dead process left.
    void recover() {
        Context context;
        const auto info = mapping::status(context, "victim");
        ASSERT_TRUE(info) << info.error().message;
        const bool usable = info->active && info->size_sectors != 0;
        if (!usable) {
            ASSERT_TRUE(open());
        }
        ASSERT_TRUE(close());
        EXPECT_EQ(test::leftovers(), "");
    }
    void kill_everywhere(const std::function<bool()>& prepare, const std::function<bool()>& verb) {
        ASSERT_TRUE(prepare());
        const std::size_t calls = count_calls(verb);
        ASSERT_GE(calls, 2U);
        recover();
        for (std::size_t n = 0; n < calls && !HasFailure(); ++n)
            for (const Fate fate : {Fate::DieBefore, Fate::DieAfter}) {
                SCOPED_TRACE("call " + std::to_string(n) + " of " + std::to_string(calls) +
                             (fate == Fate::DieBefore ? ", before" : ", after"));
                ASSERT_TRUE(prepare());
                kill_at(n, fate, verb);
                recover();
            }
    }

    test::TempDir directory_;
    SampleVolume volume_{GetParam().kind,
                         directory_ / (GetParam().on_block_device ? "on-block" : "image"),
                         GetParam().on_block_device};
};

TEST_P(KernelKill, Open) {
    kill_everywhere([] { return true; }, [&] { return volume_.open("victim").has_value(); });
}

TEST_P(KernelKill, Close) {
    kill_everywhere([&] { return open(); },
                    [] { return test::close_mapping("victim").has_value(); });
}

TEST_P(KernelKill, Resize) {
    kill_everywhere([&] { return open(); },
                    [&] { return volume_.resize("victim", 1024).has_value(); });
}

TEST_P(KernelKill, Refresh) {
    kill_everywhere(
        [&] { return open(); },
        [&] { return volume_.refresh("victim", {.flags = {.allow_discards = true}}).has_value(); });
}

TEST_P(KernelKill, Suspend) {
    kill_everywhere([&] { return open(); },
                    [] {
                        Context context;
                        return mapping::suspend(context, "victim").has_value();
                    });
}

INSTANTIATE_TEST_SUITE_P(All, KernelKill,
                         testing::Values(KillCase{"Luks1", SampleVolume::Kind::Luks1, false},
                                         KillCase{"Luks2", SampleVolume::Kind::Luks2, false},
                                         KillCase{"Luks2OnBlock", SampleVolume::Kind::Luks2, true},
                                         KillCase{"Plain", SampleVolume::Kind::Plain, false}),
                         [](const auto& test) { return test.param.name; });

}  // namespace
}  // namespace latchkey
