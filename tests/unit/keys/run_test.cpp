// SPDX-License-Identifier: GPL-2.0-or-later
// Chains on a real volume: what is read, tried and reported.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "latchkey/key_source.h"
#include "unit/volume/volume_testing.h"

namespace latchkey::test {
namespace {

struct RunChain : testing::Test {
    TestVolume made{"LUKS2", 3};  // opens with "zero", "one", "two"
    std::vector<std::string> answers;
    std::vector<std::string> told;

    KeyTalk talk() {
        return {.reading = {.ask =
                                [this](const keys::Ask&, unsigned retry) {
                                    return retry < answers.size()
                                               ? Result<SecretBuffer>(secret(answers[retry]))
                                               : Result<SecretBuffer>(
                                                     fail(Errc::NothingToRead, "no answer"));
                                }},
                .failed = [this](const KeyStep&, KeyFailure how, Error error, Then then) {
                    told.push_back(std::string(how == KeyFailure::Unread ? "unread " : "wrong ") +
                                   (then == Then::Again  ? "again"
                                    : then == Then::Next ? "next"
                                                         : "end"));
                    return then == Then::End ? std::move(error).within("told") : error;
                }};
    }
    template <typename... Steps>
    Result<UnlockedVolume> run(unsigned tries, Steps... steps) {
        std::vector<KeyStep> all;
        (all.push_back(std::move(steps)), ...);
        KeyChain chain(std::move(all), tries);
        return unlock_with(made.context, *made.volume, chain, {}, talk());
    }
    static KeyStep typed() { return {.source = {.from = keys::Ask{}}, .when_wrong = Then::Again}; }
    static KeyStep given(const std::string& bytes, KeyIs is = KeyIs::Passphrase) {
        return {.source = {.from = keys::Given{.bytes = secret(bytes)}, .is = is},
                .when_wrong = Then::Next};
    }
    using Told = std::vector<std::string>;
};

TEST_F(RunChain, AnswersAreTriedUntilOneOpens) {
    answers = {"no", "neither", "one"};
    const auto opened = run(3, typed());
    ASSERT_TRUE(opened) << opened.error().message;
    EXPECT_EQ(opened->keyslot, 1);
    EXPECT_EQ(told, (Told{"wrong again", "wrong again"}));
}

TEST_F(RunChain, TheLastFailureIsTheAnswerInTheCallersWords) {
    answers = {"no", "neither", "one"};
    const auto opened = run(2, typed());
    ASSERT_FALSE(opened);
    EXPECT_EQ(opened.error().code, Errc::WrongPassphrase);
    EXPECT_TRUE(opened.error().message.starts_with("told: ")) << opened.error().message;
    EXPECT_EQ(told, (Told{"wrong again", "wrong end"}));
}

TEST_F(RunChain, TokensComeBeforeAPersonAndCostNoTry) {
    answers = {"two"};
    const auto opened = run(
        1, KeyStep{.source = {.from = keys::Token{}}, .when_wrong = Then::Next, .counts = false},
        typed());
    ASSERT_TRUE(opened) << opened.error().message;
    EXPECT_EQ(opened->keyslot, 2);
    EXPECT_EQ(told, Told{"wrong next"});
}

TEST_F(RunChain, TheKeyItselfIsVerified) {
    const auto bytes = made.key->bytes();
    const std::string key(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    const auto opened =
        run(0, given(std::string(key.size(), 'x'), KeyIs::VolumeKey), given(key, KeyIs::VolumeKey));
    ASSERT_TRUE(opened) << opened.error().message;
    EXPECT_EQ(opened->keyslot, -1);
    EXPECT_EQ(told, Told{"wrong next"});
    EXPECT_TRUE(made.volume->plan(made.context, *opened));
}

TEST_F(RunChain, WhatCannotBeReadIsNotTried) {
    const auto opened =
        run(0, KeyStep{.source = {.from = keys::File{.path = "/does/not/exist"}}}, given("one"));
    ASSERT_FALSE(opened);
    EXPECT_EQ(told, Told{"unread end"});
}

TEST_F(RunChain, NothingGivenOpensNothing) {
    EXPECT_EQ(run(0).error().code, Errc::NoUsableKeyslot);
}

}  // namespace
}  // namespace latchkey::test
