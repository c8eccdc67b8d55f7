// SPDX-License-Identifier: GPL-2.0-or-later
// Every call to the kernel fails once: the error names it, and nothing new is left.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>

#include "activate_testing.h"

namespace latchkey {
namespace {

using test::ActivationBench;

struct FaultCase {
    const char* name;
    MappingPlan (*plan)();
    bool regular_file;
};

class KernelFaults : public testing::TestWithParam<FaultCase> {
  protected:
    using Step = std::function<Result<void>(ActivationBench&)>;

    static Result<void> open(ActivationBench& bench, const ActivateOptions& options = {}) {
        const Device& data = GetParam().regular_file ? bench.file : bench.block;
        auto opened = bench.open(GetParam().plan(), data, options);
        if (!opened) return std::move(opened).error();
        return {};
    }
    // Runs `prepare`, then `verb` with its first, second ... call failing.
    static void fail_every_call(const Step& prepare, const Step& verb) {
        std::size_t calls = 0;
        {
            ActivationBench bench;
            ASSERT_TRUE(prepare(bench));
            bench.world.calls.clear();
            const auto done = verb(bench);
            ASSERT_TRUE(done) << done.error().message;
            calls = bench.world.calls.size();
        }
        ASSERT_GT(calls, 1U);
        for (std::size_t n = 0; n < calls; ++n) {
            ActivationBench bench;
            ASSERT_TRUE(prepare(bench));
            const std::string before = bench.world.state();
            bench.world.calls.clear();
            bench.world.fail_at = n;
            const auto failed = verb(bench);
            const std::string call = bench.world.calls.at(n);
            if (call == "settle") {
                EXPECT_TRUE(failed) << "settle cannot fail";
                continue;
            }
            ASSERT_FALSE(failed) << call << " failed and nobody noticed";
            EXPECT_THAT(failed.error().message, testing::HasSubstr(call + " failed: injected"));
            // If the key cannot be removed from the keyring, the mapping itself is already removed.
            if (call.starts_with("forget") && before.starts_with("x ") &&
                bench.world.mappings.empty())
                continue;
            // A layer below stays, under its name, if it cannot be removed.
            if (call.starts_with("remove x_") && !bench.world.mappings.contains("x")) {
                EXPECT_TRUE(bench.backend.close(bench.context, call.substr(7), {})) << call;
                continue;
            }
            EXPECT_EQ(bench.world.state(), before) << "after " << call;
        }
    }
};

Result<void> nothing(ActivationBench&) {
    return {};
}

TEST_P(KernelFaults, Open) {
    fail_every_call(nothing, [](ActivationBench& bench) { return open(bench); });
}

TEST_P(KernelFaults, OpenAndLinkTheKey) {
    fail_every_call(nothing, [](ActivationBench& bench) {
        return open(bench, {.link_key_to = {"@u::%user:a", "@s::b"}});
    });
}

TEST_P(KernelFaults, Close) {
    fail_every_call(
        [](ActivationBench& bench) { return open(bench); },
        [](ActivationBench& bench) { return bench.backend.close(bench.context, "x", {}); });
}

TEST_P(KernelFaults, Resize) {
    if (!GetParam().plan().is_single()) return;  // the kernel in memory has no sizes of mappings
    fail_every_call([](ActivationBench& bench) { return open(bench); },
                    [](ActivationBench& bench) {
                        return bench.backend.resize(bench.context, "x", 8, &bench.key);
                    });
}

TEST_P(KernelFaults, Suspend) {
    fail_every_call(
        [](ActivationBench& bench) { return open(bench); },
        [](ActivationBench& bench) { return bench.backend.suspend(bench.context, "x"); });
}

TEST_P(KernelFaults, Resume) {
    if (GetParam().plan().uuid.empty()) return;  // only LUKS volumes are suspended
    fail_every_call(
        [](ActivationBench& bench) -> Result<void> {
            LK_TRY(open(bench));
            return bench.backend.suspend(bench.context, "x");
        },
        [](ActivationBench& bench) {
            return bench.backend.resume(bench.context, "x", GetParam().plan(), bench.key,
                                        {.link_key_to = {"@u::%user:a"}});
        });
}

TEST_P(KernelFaults, Refresh) {
    if (!GetParam().plan().is_single()) return;  // only plans of one segment are refreshed
    fail_every_call([](ActivationBench& bench) { return open(bench); },
                    [](ActivationBench& bench) -> Result<void> {
                        const Device& data = GetParam().regular_file ? bench.file : bench.block;
                        auto done = bench.refresh(GetParam().plan(), data,
                                                  {.flags = {.allow_discards = true}});
                        if (!done) return std::move(done).error();
                        return {};
                    });
}

INSTANTIATE_TEST_SUITE_P(All, KernelFaults,
                         testing::Values(FaultCase{"Luks1OnBlock", &test::luks1_plan, false},
                                         FaultCase{"Luks1OnFile", &test::luks1_plan, true},
                                         FaultCase{"Luks2OnBlock", &test::luks2_plan, false},
                                         FaultCase{"Luks2OnFile", &test::luks2_plan, true},
                                         FaultCase{"PlainOnBlock", &test::plain_plan, false},
                                         FaultCase{"PlainOnFile", &test::plain_plan, true},
                                         FaultCase{"LayersOnFile", &test::layered_plan, true}),
                         [](const auto& test) { return test.param.name; });

}  // namespace
}  // namespace latchkey
