// SPDX-License-Identifier: GPL-2.0-or-later
// The table of the peer's sentences, and the properties that an error keeps.
#include <gtest/gtest.h>

#include <cerrno>
#include <vector>

#include "latchkey/context.h"
#include "latchkey/peer.h"

namespace latchkey {
namespace {

Error keyslot_error(Condition condition) {
    return fail(Errc::InvalidArgument, "the message").because(condition, "x", 9, 7);
}

TEST(PeerSentences, HaveTheNumbersAndNamesOfTheError) {
    EXPECT_EQ(peer_words(keyslot_error(Condition::KeyslotFull)),
              "Key slot 9 is full, please select another one.");
    EXPECT_EQ(peer_words(keyslot_error(Condition::KeyslotOutOfRange)),
              "Key slot 9 is invalid, please select between 0 and 7.");
    EXPECT_EQ(
        peer_words(
            fail(Errc::InvalidArgument, "m").because(Condition::KeyslotOutOfRange, {}, -5, 31)),
        "Key slot -5 is invalid, please select between 0 and 31.");
    EXPECT_EQ(peer_words(fail(Errc::Exists, "m").because(Condition::MappingExists, "home")),
              "Device home already exists.");
    EXPECT_EQ(peer_words(fail(Errc::InvalidArgument, "m")
                             .because(Condition::IterationsTooFew, "pbkdf2", {}, 1000)),
              "Forced iteration count is too low for pbkdf2 (minimum is 1000).");
}

TEST(PeerSentences, AForeignNameDrivesNoTerminal) {
    EXPECT_EQ(peer_words(fail(Errc::Exists, "m").because(Condition::MappingExists, "a\x1b[2J%s")),
              "Device a\\x1b[2J%s already exists.");
}

TEST(PeerSentences, OneConditionIsToldInOtherWordsOfOtherCalls) {
    const Error empty = fail(Errc::KeyslotInactive, "m").because(Condition::KeyslotEmpty, {}, 3);
    EXPECT_EQ(peer_words(empty), "Keyslot 3 is not active.");
    const Error unlocking = told_by(empty, Call::Unlock);
    EXPECT_EQ(peer_words(unlocking), "No usable keyslot is available.");
    EXPECT_EQ(unlocking.code, Errc::NoUsableKeyslot);
    EXPECT_EQ(unlocking.message, "m");
    EXPECT_EQ(peer_words(told_by(empty, Call::Resize)), "Keyslot 3 is not active.");
}

TEST(PeerSentences, StatusAndErrnoAreTheErrorsThenTheConditionsThenTheKinds) {
    EXPECT_EQ(errno_of(fail(Errc::NoSpace, "m")), ENOSPC);
    EXPECT_EQ(errno_of(fail(Errc::NoSpace, "m").because(Condition::AllKeyslotsFull)), EINVAL);
    EXPECT_EQ(
        errno_of(fail(Errc::NoSpace, "m").because(Condition::AllKeyslotsFull).with_errno(EIO)),
        EIO);
    const Error inactive = fail(Errc::NoDevice, "m").because(Condition::MappingInactive, "x");
    EXPECT_EQ(errno_of(inactive), ENODEV);
    EXPECT_EQ(errno_of(told_by(inactive, Call::Resize)), EINVAL);
    EXPECT_EQ(exit_status_of(inactive), 4);
    EXPECT_EQ(exit_status_of(Error(inactive).exits_with(1)), 1);
}

TEST(PeerSentences, ARowHoldsFromItsReleaseOn) {
    const Error name = fail(Errc::InvalidArgument, "m").because(Condition::BadMappingName, "a/b");
    EXPECT_EQ(peer_words(name, PeerRelease::V2_6), "Name \"a/b\" invalid. It contains \"/\".");
    EXPECT_EQ(peer_words(name, PeerRelease::V2_7), "Name \"a/b\" invalid. It contains \"/\".");
    EXPECT_EQ(peer_words(name, PeerRelease::V2_8), "Name must not contain '/' character.");
}

TEST(PeerSentences, ATableThatTheKernelRefusesFailsAsInTheRelease) {
    const Error refused = fail(Errc::MissingCipher, "m").because(Condition::TableRefused);
    EXPECT_EQ(exit_status_of(refused, PeerRelease::V2_6), 4);
    EXPECT_EQ(errno_of(refused, PeerRelease::V2_6), ENODEV);
    EXPECT_EQ(exit_status_of(refused, PeerRelease::V2_7), 5);
    EXPECT_EQ(errno_of(refused, PeerRelease::V2_8), EBUSY);
    EXPECT_EQ(exit_status_of(Error(refused).exits_with(1), PeerRelease::V2_7), 1);
    const Error no_key = fail(Errc::NotFound, "m").because(Condition::KernelKeyMissing);
    EXPECT_EQ(exit_status_of(no_key, PeerRelease::V2_6), 4);
    EXPECT_EQ(exit_status_of(no_key, PeerRelease::V2_7), 1);
    EXPECT_EQ(peer_words(refused), "M.");
}

TEST(PeerSentences, TheMessageIsADetailWhereSomethingElseIsTold) {
    EXPECT_FALSE(message_says_more(fail(Errc::Io, "m")));
    EXPECT_TRUE(message_says_more(fail(Errc::WrongPassphrase, "m")));
    EXPECT_TRUE(message_says_more(keyslot_error(Condition::KeyslotFull)));
    EXPECT_FALSE(
        message_says_more(fail_saying(Errc::WrongPassphrase, "Passphrases do not match.")));
}

TEST(PeerSentences, InALongerLineWithoutTheFullStop) {
    EXPECT_EQ(phrase(fail(Errc::WrongPassphrase, "keyslot 1 does not open")),
              "keyslot 1 does not open");
    EXPECT_EQ(phrase(fail_saying(Errc::InvalidArgument, "Passphrases do not match.")),
              "Passphrases do not match");
    EXPECT_EQ(phrase(fail(Errc::Exists, "m").because(Condition::MappingExists, "x")),
              "Device x already exists");
}

// Earlier, two errors with the same text were treated as one, and an error whose text changed lost its properties.
TEST(ErrorEnds, AreTheErrorsOwn) {
    const Error status = fail(Errc::Io, "the same").exits_with(7);
    const Error other = fail(Errc::Io, "the same");
    EXPECT_EQ(exit_status_of(status), 7);
    EXPECT_EQ(exit_status_of(other), 1);
    const Error further = Error(status).within("keyslot 3");
    EXPECT_EQ(further.message, "keyslot 3: the same");
    EXPECT_EQ(exit_status_of(further), 7);
    EXPECT_EQ(Error(status).silently().telling, Telling::Silent);
    EXPECT_EQ(Error(status).as_usage().telling, Telling::Usage);
}

TEST(ErrorEnds, ASentenceIsThePlaceOfWhichItIsSaid) {
    const Error error = fail_saying(Errc::InvalidArgument, "Keyslot %d is odd.", 3).within("x");
    EXPECT_EQ(peer_words(error), "x: Keyslot 3 is odd.");
    EXPECT_EQ(error.message, "x: Keyslot 3 is odd");
}

TEST(ContextLog, FormatsAndKeepsForeignTextFromTheTerminal) {
    std::vector<std::pair<LogLevel, std::string>> lines;
    Context context;
    context.log_sink = [&](LogLevel level, std::string_view text) {
        lines.emplace_back(level, text);
    };
    context.log(LogLevel::Warning, "keyslot %d of %s", 3, "a\x1b");
    context.debug("%s", "100%");
    context.log_once(LogLevel::Warning, "once %d", 1);
    context.log_once(LogLevel::Warning, "once %d", 1);
    context.log_text(LogLevel::Normal, "100%s");
    const std::vector<std::pair<LogLevel, std::string>> expected = {
        {LogLevel::Warning, "keyslot 3 of a\\x1b"},
        {LogLevel::Debug, "100%"},
        {LogLevel::Warning, "once 1"},
        {LogLevel::Normal, "100%s"}};
    EXPECT_EQ(lines, expected);
}

}  // namespace
}  // namespace latchkey
