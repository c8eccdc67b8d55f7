// SPDX-License-Identifier: GPL-2.0-or-later
// The keys of one request: which failure is told, which one ends it, when its tries are used up.
#include <gtest/gtest.h>

#include "steps.h"

namespace latchkey::test {
namespace {

TEST(BootKeys, GoOnWithAPersonAfterAFileThatIsWrong) {
    Steps run({named("a")});
    run.is_luks(0, file_step(), person_step());
    run.state.deriving(0);
    run.state.not_opened(0, wrong_passphrase());
    EXPECT_EQ(run.tell(), "tell a: wrong passphrase");
    EXPECT_EQ(run.due(), "ask for a");
}

TEST(BootKeys, GoOnAfterAFileThatCannotBeReadAsItsStepSays) {
    const Error unreadable = fail(Errc::InvalidArgument, "it is not there");
    Steps going_on({named("a")});
    going_on.is_luks(0, file_step(), person_step());
    going_on.state.not_read(0, unreadable);
    EXPECT_EQ(going_on.tell(), "tell a: it is not there");
    EXPECT_EQ(going_on.due(), "ask for a");

    KeyStep last_word = file_step();
    last_word.when_unread = Then::End;
    Steps ending({named("a")});
    ending.is_luks(0, std::move(last_word), person_step());
    ending.state.not_read(0, unreadable);
    EXPECT_EQ(ending.tell(), "a failed: it is not there");
}

TEST(BootKeys, ThatNobodyChoseFailSilently) {
    Steps run({named("a")});
    run.is_luks(0, token_step(), empty_passphrase_step(), person_step());
    EXPECT_EQ(run.due(), "try a key of a");
    run.state.not_opened(0, fail(Errc::NoDevice, "no token is plugged in"));
    EXPECT_EQ(run.due(), "try a key of a") << "the empty passphrase";
    run.state.deriving(0);
    run.state.not_opened(0, wrong_passphrase());
    EXPECT_EQ(run.due(), "ask for a");
    EXPECT_EQ(run.state.at(0).chain.tried(), 0U) << "and count as no try";
}

TEST(BootKeys, AtTheEndOfTheChainTheLastFailureIsTheAnswer) {
    Steps run({named("a")});
    run.is_luks(0, file_step(), token_step());
    run.state.deriving(0);
    run.state.not_opened(0, wrong_passphrase());
    run.tell();
    run.state.not_opened(0, fail(Errc::NoUsableToken, "no token"));
    EXPECT_EQ(run.tell(), "a failed: wrong passphrase") << "the token's failure is silent";
}

TEST(BootKeys, AtTheEndOfTheChainAFailureIsToldOnce) {
    Steps run({named("a")});
    run.is_luks(0, file_step());
    run.state.not_read(0, fail(Errc::InvalidArgument, "it is not there"));
    EXPECT_EQ(run.tell(), "a failed: it is not there");
    EXPECT_EQ(run.due(), "finished");
}

TEST(BootKeys, OfWhichThereAreNoneFailTheRequest) {
    Steps run({named("a"), named("b")});
    run.is_luks(0);
    EXPECT_EQ(run.tell(),
              "a failed: no key file, token or script opened it, and no passphrase is asked for");
    // What the device did before it came is not the reason.
    run.is_missing(1);
    run.is_luks(1, token_step());
    run.state.not_opened(1, fail(Errc::NoUsableToken, "no token"));
    EXPECT_EQ(run.tell(),
              "b failed: no key file, token or script opened it, and no passphrase is asked for");
    EXPECT_EQ(run.state.at(1).end->error->code, Errc::WrongPassphrase);
}

TEST(BootKeys, EndWithAnyFailureThatAnotherKeyDoesNotMend) {
    Steps run({named("a")});
    run.is_luks(0, file_step(), person_step());
    run.state.deriving(0);
    run.state.not_opened(0, fail(Errc::OutOfMemory, "not enough memory"));
    EXPECT_EQ(run.tell(), "a failed: not enough memory");
    EXPECT_EQ(run.due(), "finished");
}

TEST(BootKeys, OfAScriptAreReadAnewUntilTriesAreUsedUp) {
    Steps run({named("a")});
    run.is_luks(0, script_step());
    for (unsigned retry = 0; retry < 2; ++retry) {
        EXPECT_EQ(run.due(), "try a key of a");
        EXPECT_EQ(run.state.at(0).chain.retry(), retry);
        run.state.deriving(0);
        run.state.not_opened(0, wrong_passphrase());
        EXPECT_EQ(run.tell(), "tell a: wrong passphrase");
    }
    run.state.deriving(0);
    run.state.not_opened(0, wrong_passphrase());
    EXPECT_EQ(run.tell(), "a failed, out of tries: wrong passphrase");
}

TEST(BootKeys, WithoutALimitOfTriesGoOnForEver) {
    boot::OpenRequest request = named("a");
    request.keys.tries = 0;
    Steps run({request});
    run.is_luks(0, script_step());
    for (int i = 0; i < 1000; ++i) {
        ASSERT_EQ(run.due(), "try a key of a");
        run.state.deriving(0);
        run.state.not_opened(0, wrong_passphrase());
        run.tell();
    }
}

TEST(BootKeys, WhoseMappingDoesNotPassItsCheckCostATry) {
    Steps run({named("a")});
    run.is_luks(0, script_step());
    run.state.unlocked(0);
    run.state.mapped(0);
    run.state.not_mapped(0, fail(Errc::WrongPassphrase, "the check says no"));
    EXPECT_EQ(run.tell(), "tell a: the check says no");
    EXPECT_EQ(run.state.at(0).chain.tried(), 1U);
    EXPECT_EQ(run.due(), "try a key of a");
}

}  // namespace
}  // namespace latchkey::test
