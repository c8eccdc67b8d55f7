// SPDX-License-Identifier: GPL-2.0-or-later
// When a person is asked, for which requests, and what an answer is tried on.
#include <gtest/gtest.h>

#include "steps.h"

namespace latchkey::test {
namespace {

Steps luks_volumes(std::vector<boot::OpenRequest> requests) {
    Steps run(std::move(requests));
    for (std::size_t one = 0; one < run.state.size(); ++one) run.is_luks(one, person_step());
    return run;
}  // namespace

boot::AskPerson question_of(const Steps& run) {
    return std::get<boot::AskPerson>(boot::next(run.state, false));
}

TEST(BootQuestion, IsOneForAllLuksVolumes) {
    Steps run = luks_volumes({named("a"), named("b"), named("c")});
    EXPECT_EQ(run.due(), "ask for a b c");
    EXPECT_TRUE(question_of(run).is_shared);
    run.answer();
    EXPECT_EQ(run.due(), "take derived");
    run.open(2);
    run.open(0);
    run.open(1);
    EXPECT_EQ(run.due(), "finished");
}

TEST(BootQuestion, ComesAfterAllThatNeedsNobody) {
    Steps run({named("a"), named("b"), named("c")});
    run.is_luks(0, person_step());
    EXPECT_EQ(run.due(), "look at b");
    run.is_luks(1, file_step());
    EXPECT_EQ(run.due(), "try a key of b");
    run.state.deriving(1);
    EXPECT_EQ(run.due(), "look at c");
    run.is_luks(2, person_step());
    EXPECT_EQ(run.due(), "take derived") << "b may have to be asked for, too";
    run.open(1);
    EXPECT_EQ(run.due(), "ask for a c");
}

TEST(BootQuestion, ComesBeforeMissingDevicesAreWaitedFor) {
    boot::OpenRequest late = named("b");
    late.device_seconds = 60;
    Steps run({named("a"), late});
    run.is_luks(0, person_step());
    run.is_missing(1);
    EXPECT_EQ(run.due(), "ask for a");
}

TEST(BootQuestion, IsNotAskedAgainForAVolumeThatAnEarlierAnswerMayOpen) {
    boot::OpenRequest inner = named("inner");
    inner.needs = {0};
    Steps run({named("outer"), inner});
    run.is_luks(0, person_step());
    run.answer();
    run.open(0);
    EXPECT_EQ(run.due(), "look at inner");
    run.is_luks(1, person_step());
    EXPECT_EQ(run.due(), "try passphrase 0 on inner");
    run.state.deriving(1);
    EXPECT_EQ(run.due(), "take derived");
    run.open(1);
    EXPECT_EQ(run.due(), "finished");
}

TEST(BootQuestion, IsAskedWhereNoEarlierAnswerOpensAVolumeAndThatCostsNoTry) {
    boot::OpenRequest inner = named("inner");
    inner.needs = {0};
    Steps run({named("outer"), inner});
    run.is_luks(0, person_step());
    run.answer();
    run.open(0);
    run.is_luks(1, person_step());
    run.state.deriving(1);
    run.state.not_opened(1, wrong_passphrase());
    EXPECT_EQ(run.due(), "ask for inner");
    EXPECT_EQ(run.state.at(1).chain.tried(), 0U);
}

TEST(BootQuestion, WhoseAnswerOpenedOneVolumeIsNoMistakeOfTheOthers) {
    Steps run = luks_volumes({named("a"), named("b")});
    run.answer();
    run.open(0);
    run.state.not_opened(1, wrong_passphrase());
    EXPECT_EQ(run.due(), "judge answers");
    run.state.judge_answers();
    EXPECT_EQ(run.due(), "ask for b") << "nothing is told of b";
    EXPECT_EQ(run.state.at(1).chain.tried(), 0U);
}

TEST(BootQuestion, WhoseAnswerOpenedNothingCostsEachATry) {
    Steps run = luks_volumes({named("a"), named("b")});
    run.answer();
    run.state.not_opened(1, wrong_passphrase());
    EXPECT_EQ(run.due(), "take derived") << "an answer is judged when it was tried on all";
    run.state.not_opened(0, wrong_passphrase());
    EXPECT_EQ(run.due(), "judge answers");
    run.state.judge_answers();
    EXPECT_EQ(run.tell(), "tell a: wrong passphrase");
    EXPECT_EQ(run.tell(), "tell b: wrong passphrase");
    EXPECT_EQ(run.due(), "ask for a b");
    EXPECT_EQ(run.state.at(0).chain.tried(), 1U);
}

TEST(BootQuestion, EndsARequestWhoseTriesAreUsedUpAndGoesOnForTheOthers) {
    boot::OpenRequest once = named("a");
    once.keys.tries = 1;
    Steps run = luks_volumes({once, named("b")});
    run.answer();
    run.state.not_opened(0, wrong_passphrase());
    run.state.not_opened(1, wrong_passphrase());
    run.state.judge_answers();
    EXPECT_EQ(run.tell(), "a failed, out of tries: wrong passphrase");
    EXPECT_EQ(run.tell(), "tell b: wrong passphrase");
    EXPECT_EQ(run.due(), "ask for b");
}

TEST(BootQuestion, WhoseAnswerDoesNotPassTheCheckOfTheMappingCostsOneTryAndIsToldOnce) {
    Steps run = luks_volumes({named("a")});
    run.answer();
    run.state.unlocked(0);
    run.state.mapped(0);
    run.state.not_mapped(0, fail(Errc::WrongPassphrase, "the check says no"));
    EXPECT_EQ(run.tell(), "tell a: the check says no");
    EXPECT_EQ(run.due(), "ask for a");
    EXPECT_EQ(run.state.at(0).chain.tried(), 1U);
}

TEST(BootQuestion, EndsARequestWhoseFailureNoPassphraseMends) {
    Steps run = luks_volumes({named("a"), named("b")});
    run.answer();
    run.state.not_opened(0, fail(Errc::OutOfMemory, "not enough memory"));
    EXPECT_EQ(run.tell(), "a failed: not enough memory");
    run.state.not_opened(1, wrong_passphrase());
    run.state.judge_answers();
    EXPECT_EQ(run.tell(), "tell b: wrong passphrase");
}

TEST(BootQuestion, OfAPlainVolumeIsItsOwn) {
    Steps run({named("a"), named("plain"), named("c")});
    run.is_luks(0, person_step());
    run.is_plain(1, person_step());
    run.is_luks(2, person_step());
    EXPECT_EQ(run.due(), "ask for a c");
    run.answer();
    run.open(0);
    run.open(2);
    EXPECT_EQ(run.due(), "ask for plain") << "what was typed is not tried on it";
    EXPECT_FALSE(question_of(run).is_shared);
    run.answer();
    run.open(1);
    EXPECT_EQ(run.state.typed(), 1U);
    EXPECT_EQ(run.due(), "finished");
}

TEST(BootQuestion, ThatIsAskedTwiceIsForOneVolumeAlone) {
    boot::OpenRequest twice = named("a");
    twice.keys.asks_twice = true;
    Steps run = luks_volumes({twice, named("b"), named("c")});
    EXPECT_EQ(run.due(), "ask for a");
    EXPECT_TRUE(question_of(run).question.twice);
    EXPECT_FALSE(question_of(run).is_shared);
    run.answer();
    run.open(0);
    EXPECT_EQ(run.due(), "ask for b c") << "the answer for a is not tried on them";
}

TEST(BootQuestion, WaitsAsLongAsTheMostPatientRequest) {
    boot::OpenRequest short_one = named("a");
    boot::OpenRequest long_one = named("b");
    short_one.keys.answer_seconds = 10;
    long_one.keys.answer_seconds = 30;
    EXPECT_EQ(question_of(luks_volumes({short_one, long_one})).question.timeout_seconds, 30U);
    EXPECT_EQ(question_of(luks_volumes({long_one, short_one})).question.timeout_seconds, 30U);
    EXPECT_EQ(question_of(luks_volumes({long_one, named("c"), short_one})).question.timeout_seconds,
              0U)
        << "one may wait for ever";
    EXPECT_EQ(question_of(luks_volumes({short_one})).question.timeout_seconds, 10U);
}

TEST(BootQuestion, ShowsAnAnswerOnlyIfEveryRequestLetsIt) {
    boot::OpenRequest shown = named("a");
    shown.keys.echo = true;
    EXPECT_TRUE(question_of(luks_volumes({shown, shown})).question.echo);
    EXPECT_FALSE(question_of(luks_volumes({shown, named("b")})).question.echo);
    EXPECT_FALSE(question_of(luks_volumes({named("b"), shown})).question.echo);
}

TEST(BootQuestion, WithoutAnAnswerEndsAllThatItWasFor) {
    Steps run = luks_volumes({named("a"), named("b")});
    run.leave_unanswered(fail(Errc::Io, "nobody answers"));
    EXPECT_EQ(run.tell(), "a failed: nobody answers");
    EXPECT_EQ(run.tell(), "b failed: nobody answers");
    EXPECT_EQ(run.due(), "finished");
}

TEST(BootQuestion, WithTwoAnswersThatDifferCostsATry) {
    boot::OpenRequest twice = named("a");
    twice.keys.asks_twice = true;
    Steps run = luks_volumes({twice});
    run.leave_unanswered(fail(Errc::WrongPassphrase, "they differ"));
    EXPECT_EQ(run.tell(), "tell a: they differ");
    EXPECT_EQ(run.due(), "ask for a");
    EXPECT_EQ(run.state.at(0).chain.tried(), 1U);
}

TEST(BootQuestion, IsAskedForARequestThatComesLateOnlyIfNoAnswerOpensIt) {
    boot::OpenRequest late = named("b");
    late.device_seconds = 60;
    Steps run({named("a"), late});
    run.is_luks(0, person_step());
    run.is_missing(1);
    run.answer();
    run.open(0);
    EXPECT_EQ(run.due(), "look again at b");
    run.is_luks(1, person_step());
    EXPECT_EQ(run.due(), "try passphrase 0 on b");
}

}  // namespace
}  // namespace latchkey::test
