// SPDX-License-Identifier: GPL-2.0-or-later
// The order of steps: what needs no waiting, what lies on another, how a run ends.
#include "steps.h"

#include <gtest/gtest.h>

namespace latchkey::test {
namespace {

TEST(BootSteps, OfARunWithoutRequestsThereAreNone) {
    EXPECT_EQ(Steps(std::vector<boot::OpenRequest>()).due(), "finished");
}

TEST(BootSteps, OfOneLuksVolumeWithAKeyFile) {
    Steps run({named("a")});
    EXPECT_EQ(run.due(), "look at a");
    run.is_luks(0, file_step());
    EXPECT_EQ(run.due(), "try a key of a");
    run.state.deriving(0);
    EXPECT_EQ(run.due(), "take derived");
    run.open(0);
    EXPECT_EQ(run.due(), "finished");
    EXPECT_EQ(run.state.at(0).end->outcome, boot::Outcome::Opened);
}  // namespace

TEST(BootSteps, OfOnePlainVolumeWithAKeyFileHaveNoDerivation) {
    Steps run({named("a")});
    run.is_plain(0, file_step());
    EXPECT_EQ(run.due(), "try a key of a");
    run.open(0);
    EXPECT_EQ(run.due(), "finished");
}

TEST(BootSteps, TryNoKeyOfAMappingThatIsOpenAlready) {
    Steps run({named("a")});
    run.state.was_open(0);
    EXPECT_EQ(run.tell(), "a was-open");
    EXPECT_EQ(run.due(), "finished");
}

TEST(BootSteps, ReadTheHeaderBeforeAKeyAndGoOnWithTheNextWhileOneDerives) {
    Steps run({named("a"), named("b")});
    EXPECT_EQ(run.due(), "look at a");
    run.is_luks(0, file_step());
    EXPECT_EQ(run.due(), "try a key of a");
    run.state.deriving(0);
    EXPECT_EQ(run.due(), "look at b");
    run.is_luks(1, file_step());
    EXPECT_EQ(run.due(), "try a key of b");
    run.state.deriving(1);
    EXPECT_EQ(run.due(), "take derived") << "both derive side by side";
    run.open(1);
    EXPECT_EQ(run.due(), "take derived") << "the other one still derives";
    run.open(0);
    EXPECT_EQ(run.due(), "finished");
}

TEST(BootSteps, FinishWhatHasItsKeyBeforeAnythingElseBegins) {
    Steps run({named("a"), named("b")});
    run.is_luks(0, file_step());
    run.state.deriving(0);
    run.is_luks(1, file_step());
    run.state.deriving(1);
    run.state.unlocked(1);
    EXPECT_EQ(run.due(), "map b");
    run.state.mapped(1);
    EXPECT_EQ(run.due(), "finish b");
    run.state.finished(1);
    EXPECT_EQ(run.due(), "b opened");
}

TEST(BootSteps, OfARequestBeginWhenWhatItNeedsIsOpen) {
    boot::OpenRequest inner = named("inner");
    inner.needs = {0, 1};
    Steps run({named("outer"), named("keys"), inner});
    run.is_luks(0, file_step());
    run.state.deriving(0);
    run.is_luks(1, file_step());
    run.state.deriving(1);
    EXPECT_EQ(run.due(), "take derived");
    run.open(0);
    EXPECT_EQ(run.due(), "take derived") << "one of two is not enough";
    run.open(1);
    EXPECT_EQ(run.due(), "look at inner");
}

TEST(BootSteps, GoOnWithARequestWhoseNeedWasOpenBefore) {
    boot::OpenRequest inner = named("inner");
    inner.needs = {0};
    Steps run({named("outer"), inner});
    run.state.was_open(0);
    run.tell();
    EXPECT_EQ(run.due(), "look at inner");
}

TEST(BootSteps, EndARequestWhoseNeedFailedOrWasSkipped) {
    boot::OpenRequest inner = named("inner");
    inner.needs = {0};
    Steps failing({named("outer"), inner});
    failing.state.give_up(0, fail(Errc::Io, "it burns"));
    EXPECT_EQ(failing.tell(), "outer failed: it burns");
    EXPECT_EQ(failing.tell(), "inner failed: it needs outer, which is not open");
    EXPECT_EQ(failing.due(), "finished");

    boot::OpenRequest outer = named("outer");
    outer.may_be_missing = true;
    Steps skipping({outer, inner});
    skipping.is_missing(0);
    EXPECT_EQ(skipping.due(), "look again at outer");
    skipping.is_missing(0);
    EXPECT_EQ(skipping.tell(), "outer skipped: no device");
    EXPECT_EQ(skipping.tell(), "inner failed: it needs outer, which is not open");
}

TEST(BootSteps, RefuseWithoutALook) {
    boot::OpenRequest refused = named("a");
    refused.refusal = fail(Errc::InvalidArgument, "line 1 cannot be used");
    Steps run({refused, named("b")});
    EXPECT_EQ(run.tell(), "a failed: line 1 cannot be used");
    EXPECT_EQ(run.due(), "look at b");
}

TEST(BootSteps, SayThatANeedIsMissingBeforeARefusal) {
    boot::OpenRequest refused = named("b");
    refused.needs = {0};
    refused.refusal = fail(Errc::InvalidArgument, "line 2 cannot be used");
    Steps run({named("a"), refused});
    run.state.give_up(0, fail(Errc::Io, "it burns"));
    run.tell();
    EXPECT_EQ(run.tell(), "b failed: it needs a, which is not open");
}

TEST(BootSteps, OfACancelledRunTakeWhatDerivesAndBeginNothing) {
    Steps run({named("a"), named("b"), named("c")});
    run.is_luks(0, file_step());
    run.state.deriving(0);
    run.is_luks(1, person_step());
    run.cancelled = true;
    EXPECT_EQ(run.due(), "take derived");
    run.state.not_opened(0, fail(Errc::Interrupted, "interrupted"));
    EXPECT_EQ(run.tell(), "a failed: interrupted");
    EXPECT_EQ(run.tell(), "b failed: interrupted");
    EXPECT_EQ(run.tell(), "c failed: interrupted");
    EXPECT_EQ(run.due(), "finished");
}

TEST(BootSteps, OfACancelledRunFinishWhatIsUnlocked) {
    Steps run({named("a"), named("b")});
    run.is_luks(0, file_step());
    run.cancelled = true;
    run.open(0);
    EXPECT_EQ(run.tell(), "b failed: interrupted");
}

TEST(BootSteps, OfACancelledRunAskNobodyAndWaitForNoDevice) {
    boot::OpenRequest late = named("b");
    late.device_seconds = 60;
    Steps run({named("a"), late});
    run.is_luks(0, person_step());
    run.is_missing(1);
    EXPECT_EQ(run.due(), "ask for a");
    run.cancelled = true;
    EXPECT_EQ(run.tell(), "a failed: interrupted");
    EXPECT_EQ(run.tell(), "b failed: interrupted");
}

TEST(BootSteps, EndWhereAMappingCannotBeMade) {
    Steps run({named("a")});
    run.is_luks(0, file_step(), person_step());
    run.state.unlocked(0);
    run.state.not_mapped(0, fail(Errc::Busy, "it is in use"));
    EXPECT_EQ(run.tell(), "a failed: it is in use") << "another key would not help";
    EXPECT_EQ(run.due(), "finished");
}

}  // namespace
}  // namespace latchkey::test
