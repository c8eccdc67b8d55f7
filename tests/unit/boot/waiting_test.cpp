// SPDX-License-Identifier: GPL-2.0-or-later
// Devices that come late or never.
#include <gtest/gtest.h>

#include "steps.h"

namespace latchkey::test {
namespace {

boot::OpenRequest patient(std::string name, std::uint64_t seconds) {
    boot::OpenRequest request = named(std::move(name));
    request.device_seconds = seconds;
    return request;
}

boot::OpenRequest with_key_device(std::uint64_t seconds) {
    boot::OpenRequest request = named("a");
    request.keys.device = "UUID=key";
    request.keys.device_seconds = seconds;
    return request;
}

TEST(BootWaiting, LooksOnceMoreForADeviceThatNobodyWaitsFor) {
    Steps run({named("a")});
    run.is_missing(0);
    EXPECT_EQ(run.due(), "look again at a");
    run.is_missing(0);
    EXPECT_EQ(run.tell(), "a failed: no device");
    EXPECT_EQ(run.due(), "finished");
}

TEST(BootWaiting, EndsWhenTheTimeOfTheDeviceIsUp) {
    Steps run({patient("a", 10)});
    run.is_missing(0);
    for (run.now = 0; run.now < 10; run.now += 1) {
        ASSERT_EQ(run.due(), "look again at a");
        run.is_missing(0);
        ASSERT_EQ(run.due(), "pause");
        run.state.paused();
    }
    run.is_missing(0);
    EXPECT_EQ(run.tell(), "a failed: no device");
}

TEST(BootWaiting, SkipsADeviceThatMayBeMissing) {
    boot::OpenRequest request = patient("a", 10);
    request.may_be_missing = true;
    Steps run({request});
    run.is_missing(0);
    run.is_missing(0);
    EXPECT_EQ(run.due(), "pause") << "but waits for it as for any other";
    run.now = 11;
    run.is_missing(0);
    EXPECT_EQ(run.tell(), "a skipped: no device");
}

TEST(BootWaiting, GoesOnWithADeviceThatComesLate) {
    Steps run({patient("a", 10)});
    run.is_missing(0);
    run.is_missing(0);
    run.state.paused();
    run.is_luks(0, file_step());
    EXPECT_EQ(run.due(), "try a key of a");
}

TEST(BootWaiting, LooksForAllMissingDevicesTogether) {
    Steps run({patient("a", 10), patient("b", 20), named("c")});
    run.is_missing(0);
    run.is_missing(1);
    run.is_luks(2, file_step());
    run.open(2);
    EXPECT_EQ(run.due(), "look again at a b");
    run.is_missing(0);
    EXPECT_EQ(run.due(), "look again at a b") << "b has not been looked for";
    run.is_missing(1);
    EXPECT_EQ(run.due(), "pause");
}

TEST(BootWaiting, DoesNotPauseAfterARequestEnded) {
    Steps run({named("a"), patient("b", 60)});
    run.is_missing(0);
    run.is_missing(1);
    run.is_missing(0);
    run.is_missing(1);
    EXPECT_EQ(run.tell(), "a failed: no device");
    EXPECT_EQ(run.due(), "look again at b");
}

TEST(BootWaiting, GivesDevicesOnANewMappingAMoment) {
    Steps run({named("outer"), named("on its LVM")});
    run.is_luks(0, file_step());
    run.state.deriving(0);
    run.is_missing(1);
    run.now = 100;
    run.open(0);
    run.now = 101.9;
    run.is_missing(1);
    EXPECT_EQ(run.due(), "pause");
    run.now = 102;
    run.is_missing(1);
    EXPECT_EQ(run.tell(), "on its LVM failed: no device");
}

TEST(BootWaiting, GivesNoMomentAfterAMappingThatWasOpenBefore) {
    Steps run({named("outer"), named("b")});
    run.state.was_open(0);
    run.tell();
    run.is_missing(1);
    run.is_missing(1);
    EXPECT_EQ(run.tell(), "b failed: no device");
}

TEST(BootWaiting, TakesPatienceThatNoClockHasForForEver) {
    Steps run({patient("a", UINT64_MAX)});
    run.is_missing(0);
    run.now = 10.0 * 365 * 86400;
    run.is_missing(0);
    EXPECT_EQ(run.due(), "pause");
}

TEST(BootWaiting, FindsTheKeyDeviceBeforeTheKeyFileIsRead) {
    Steps run({with_key_device(10)});
    run.is_luks(0, file_step());
    EXPECT_EQ(run.due(), "find the key device of a");
    run.state.found_key_device(0);
    EXPECT_EQ(run.due(), "try a key of a");
}

TEST(BootWaiting, FindsNoKeyDeviceForTokens) {
    Steps run({with_key_device(10)});
    run.is_luks(0, token_step(), file_step());
    EXPECT_EQ(run.due(), "try a key of a");
    run.state.not_opened(0, fail(Errc::NoUsableToken, "no token"));
    EXPECT_EQ(run.due(), "find the key device of a");
}

TEST(BootWaiting, WaitsForAKeyDeviceAndReadsTheFileOnceItIsThere) {
    Steps run({with_key_device(10)});
    run.is_luks(0, file_step(), person_step());
    run.is_missing(0);
    EXPECT_EQ(run.state.at(0).stage, boot::Stage::KeyDeviceMissing);
    EXPECT_EQ(run.due(), "look again at a");
    run.now = 9;
    run.is_missing(0);
    EXPECT_EQ(run.due(), "pause");
    run.state.paused();
    run.state.found_key_device(0);
    EXPECT_EQ(run.due(), "try a key of a");
}

TEST(BootWaiting, ReadsTheFileInVainWhenTheTimeOfTheKeyDeviceIsUp) {
    Steps run({with_key_device(10)});
    run.is_luks(0, file_step(), person_step());
    run.is_missing(0);
    run.now = 10;
    run.is_missing(0);
    EXPECT_EQ(run.due(), "try a key of a") << "reading says what is wrong";
    run.state.not_read(0, no_device());
    EXPECT_EQ(run.tell(), "tell a: no device");
    EXPECT_EQ(run.due(), "ask for a") << "and a person may know a passphrase";
}

TEST(BootWaiting, CountsTheTimeOfTheKeyDeviceFromTheFirstLookAtTheRequest) {
    boot::OpenRequest request = with_key_device(10);
    request.device_seconds = 60;
    Steps run({request});
    run.is_missing(0);
    run.now = 20;
    run.is_luks(0, file_step());
    run.is_missing(0);
    EXPECT_EQ(run.due(), "look again at a");
    run.is_missing(0);
    EXPECT_EQ(run.due(), "try a key of a");
}

}  // namespace
}  // namespace latchkey::test
