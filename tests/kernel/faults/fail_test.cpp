// SPDX-License-Identifier: GPL-2.0-or-later
// Each system call of an operation fails once under a real kernel: the error names it, and everything is undone.
#include <gtest/gtest.h>

#include <array>
#include <functional>

#include "system_calls.h"
#include "volumes.h"

namespace latchkey {
namespace {

using test::SampleVolume;
using test::Watch;

// The words that an error must contain for each failed call.
struct CallWord {
    std::string_view call;
    std::string_view word;
};
constexpr std::array<CallWord, 17> kWords = {{{"DM_DEV_CREATE", "create of victim"},
                                              {"DM_DEV_REMOVE", "remove of victim"},
                                              {"DM_DEV_STATUS", "info of victim"},
                                              {"DM_TABLE_LOAD", "reload of victim"},
                                              {"DM_TABLE_CLEAR", "clear of victim"},
                                              {"DM_TABLE_STATUS", "table of victim"},
                                              {"DM_TARGET_MSG", "message of victim"},
                                              {"DM_GET_TARGET_VERSION", "target version of crypt"},
                                              {"LOOP_CTL_GET_FREE", "free loop device"},
                                              {"LOOP_CONFIGURE", "attaching"},
                                              {"LOOP_SET_CAPACITY", "telling"},
                                              {"BLKGETSIZE64", "size"},
                                              {"BLKROGET", "read only"},
                                              {"BLKSSZGET", "block size"},
                                              {"BLKRAGET", "read-ahead"},
                                              {"add_key", "add_key"},
                                              {"request_key", "request_key"}}};

class KernelFail : public testing::TestWithParam<SampleVolume::Kind> {
  protected:
    void SetUp() override { ASSERT_EQ(test::leftovers(), "") << "from an earlier test"; }

    static std::string table() {
        Context context;
        const auto text = mapping::active_table(context, "victim", false);
        const auto info = mapping::status(context, "victim");
        if (!text || !info) return "none";
        const auto bytes = text->bytes();
        return std::string(reinterpret_cast<const char*>(bytes.data()), bytes.size()) +
               (info->suspended ? "suspended" : "running");
    }
    static void expect_named(const std::string& call, const std::string& message) {
        for (const CallWord& word : kWords)
            if (word.call == call) {
                EXPECT_NE(message.find(word.word), std::string::npos)
                    << call << " failed, the error says: " << message;
            }
    }
    // `prepare` and `clean` succeed; `verb` is tried with each of its calls failing. `looks`: the operation first
    // compares what it can see of the mapping's content and of the storage below.  If it cannot see them, it relies
    // on the later calls.
    static void fail_everywhere(const std::function<void()>& prepare,
                                const std::function<Result<void>()>& verb,
                                const std::function<void()>& clean, bool looks = false) {
        prepare();
        std::size_t calls = 0;
        {
            const Watch watch;
            const auto done = verb();
            ASSERT_TRUE(done) << done.error().message;
            calls = watch.names().size();
        }
        clean();
        ASSERT_GE(calls, 2U);
        for (std::size_t n = 0; n < calls; ++n) {
            prepare();
            const std::string before = table();
            std::string call;
            Result<void> done;
            {
                const Watch watch(n);
                done = verb();
                call = watch.names().at(n);
            }
            SCOPED_TRACE(call + ", call " + std::to_string(n));
            // libdevmapper ignores errors of the read-ahead, and asks for the driver's version again.
            const bool tolerated = call == "BLKRASET" || call == "BLKRAGET" ||
                                   call == "DM_VERSION" ||
                                   (looks && (call == "LOOP 5" || call.starts_with("BLK")));
            EXPECT_TRUE(tolerated || !done) << "nobody noticed";
            if (!done) {
                expect_named(call, done.error().message);
                const std::string after = table();
                // The key is removed after the mapping.
                EXPECT_TRUE(after == before || (call == "request_key" && after == "none"))
                    << before << "\n"
                    << after;
            }
            EXPECT_EQ(test::visible_keys(), "");
            clean();
        }
    }
    void prepare_open() {
        const auto opened = volume_.open("victim");
        ASSERT_TRUE(opened) << opened.error().message;
    }
    static void clean_up() {
        const auto closed = test::close_mapping("victim");
        EXPECT_TRUE(closed || closed.error().code == Errc::NoDevice) << closed.error().message;
        EXPECT_EQ(test::leftovers(), "");
    }

    test::TempDir directory_;
    SampleVolume volume_{GetParam(), directory_ / "image"};
};

TEST_P(KernelFail, Open) {
    fail_everywhere([] {}, [&] { return volume_.open("victim"); }, clean_up);
}

TEST_P(KernelFail, Close) {
    fail_everywhere([&] { prepare_open(); }, [] { return test::close_mapping("victim"); },
                    clean_up);
}

TEST_P(KernelFail, Resize) {
    fail_everywhere([&] { prepare_open(); }, [&] { return volume_.resize("victim", 1024); },
                    clean_up, true);
}

TEST_P(KernelFail, Refresh) {
    fail_everywhere([&] { prepare_open(); },
                    [&] { return volume_.refresh("victim", {.flags = {.allow_discards = true}}); },
                    clean_up, true);
}

TEST_P(KernelFail, Suspend) {
    fail_everywhere([&] { prepare_open(); },
                    [] {
                        Context context;
                        return mapping::suspend(context, "victim");
                    },
                    clean_up);
}

TEST_P(KernelFail, Resume) {
    if (GetParam() == SampleVolume::Kind::Plain) return;  // has no header to resume with
    fail_everywhere(
        [&] {
            prepare_open();
            Context context;
            ASSERT_TRUE(mapping::suspend(context, "victim"));
        },
        [&] { return volume_.resume("victim"); }, clean_up, true);
}

INSTANTIATE_TEST_SUITE_P(All, KernelFail,
                         testing::Values(SampleVolume::Kind::Luks1, SampleVolume::Kind::Luks2,
                                         SampleVolume::Kind::Plain),
                         [](const auto& test) {
                             switch (test.param) {
                                 case SampleVolume::Kind::Luks1: return "Luks1";
                                 case SampleVolume::Kind::Luks2: return "Luks2";
                                 case SampleVolume::Kind::Plain: break;
                             }
                             return "Plain";
                         });

}  // namespace
}  // namespace latchkey
