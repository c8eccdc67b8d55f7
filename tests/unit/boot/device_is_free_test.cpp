// SPDX-License-Identifier: GPL-2.0-or-later
// One device in two requests.
#include <gtest/gtest.h>

#include "steps.h"

namespace latchkey::test {
namespace {

boot::OpenRequest on_device(std::string name, std::string source, std::uint32_t line) {
    boot::OpenRequest request = named(std::move(name));
    request.source = std::move(source);
    request.line = line;
    return request;
}

// Returns the refusal, or "" if the device is free.  Devices have the identity of their first word; "gone" has none.
std::string refusal_of(const boot::State& state, std::size_t one) {
    const auto free = boot::check_device_is_free(state, one, [&](std::size_t request) {
        const std::string& source = state.at(request).request.source;
        return source == "gone" ? std::string() : source.substr(0, source.find(' '));
    });
    return free ? std::string() : free.error().message;
}

TEST(BootDeviceIsFree, TheFirstRequestMayHaveItAndTheSecondMayNot) {
    const boot::State state({on_device("a", "sdb", 3), on_device("b", "sdb by UUID", 4),
                             on_device("c", "sdc", 5), on_device("d", "gone", 6),
                             on_device("e", "gone", 7)});
    EXPECT_EQ(refusal_of(state, 0), "");
    EXPECT_EQ(refusal_of(state, 1),
              "device sdb by UUID is that of line 3 (a), which is opened before");
    EXPECT_EQ(refusal_of(state, 2), "");
    EXPECT_EQ(refusal_of(state, 4), "");
}

TEST(BootDeviceIsFree, TheFirstRequestMayNotHaveItOnceTheSecondOneIsDone) {
    Steps run({on_device("a", "sdb", 3), on_device("b", "sdb", 4)});
    run.state.was_open(1);
    run.tell();
    EXPECT_EQ(refusal_of(run.state, 0), "device sdb is that of line 4 (b), which is opened before");
}

TEST(BootDeviceIsFree, NeitherMayHaveItIfOneOverwritesIt) {
    boot::OpenRequest swap = on_device("swap", "sdb", 4);
    swap.afterwards.swap = true;
    Steps run({on_device("a", "sdb", 3), swap});
    EXPECT_EQ(refusal_of(run.state, 0),
              "device sdb is that of line 4 (swap) too, and one of them would overwrite it");
    EXPECT_EQ(refusal_of(run.state, 1),
              "device sdb is that of line 3 (a) too, and one of them would overwrite it");
    run.state.give_up(0, fail(Errc::Io, "it burns"));
    EXPECT_NE(refusal_of(run.state, 1), "") << "even if the other one could not be opened";
}

TEST(BootDeviceIsFree, TheSecondRequestMayHaveItIfTheFirstFailed) {
    Steps run({on_device("a", "sdb", 3), on_device("b", "sdb", 4)});
    run.state.give_up(0, fail(Errc::Io, "it burns"));
    EXPECT_EQ(refusal_of(run.state, 1), "");
}

TEST(BootDeviceIsFree, ARequestThatNobodyOpensDoesNotHaveIt) {
    boot::OpenRequest refused = on_device("a", "sdb", 3);
    refused.nobody_opens = true;
    refused.random_key = true;
    const boot::State state({refused, on_device("b", "sdb", 4)});
    EXPECT_EQ(refusal_of(state, 1), "");
}

}  // namespace
}  // namespace latchkey::test
