// SPDX-License-Identifier: GPL-2.0-or-later
// The next source, as a table of failures; uses no files, keyrings or terminal.
#include <gtest/gtest.h>

#include <string>

#include "latchkey/key_source.h"
#include "support/secrets.h"

namespace latchkey::test {
namespace {

KeyStep typed(Then when_wrong = Then::Again) {
    return {.source = {.from = keys::Ask{.prompt = "?"}}, .when_wrong = when_wrong};
}
KeyStep file(const char* path, Then when_unread = Then::End, Then when_wrong = Then::End) {
    return {.source = {.from = keys::File{.path = path}},
            .when_unread = when_unread,
            .when_wrong = when_wrong};
}
KeyStep tokens(Then when_wrong) {
    return {.source = {.from = keys::Token{}}, .when_wrong = when_wrong, .counts = false};
}

template <typename... Steps>
KeyChain chain_of(unsigned tries, Steps... steps) {
    std::vector<KeyStep> all;
    (all.push_back(std::move(steps)), ...);
    return KeyChain(std::move(all), tries);
}

Then wrong(KeyChain& chain, Errc code = Errc::WrongPassphrase) {
    return chain.failed(KeyFailure::Wrong, Error(code));
}
Then unread(KeyChain& chain, Errc code = Errc::InvalidArgument) {
    return chain.failed(KeyFailure::Unread, Error(code));
}

TEST(KeyChain, HasNothingToTryWithoutSteps) {
    EXPECT_EQ(KeyChain({}).current(), nullptr);
}

TEST(KeyChain, BeginsWithTheFirstAndEndsBehindTheLast) {
    KeyChain chain =
        chain_of(0, file("a", Then::End, Then::Next), file("b", Then::End, Then::Next));
    EXPECT_EQ(std::get<keys::File>(chain.current()->source.from).path, "a");
    EXPECT_EQ(wrong(chain), Then::Next);
    EXPECT_EQ(std::get<keys::File>(chain.current()->source.from).path, "b");
    EXPECT_EQ(wrong(chain), Then::End);
    EXPECT_EQ(chain.current(), nullptr);
    EXPECT_FALSE(chain.used_up()) << "all were tried, as often as they may be";
}

TEST(KeyChain, APersonIsAskedAgainAsOftenAsTriesSay) {
    KeyChain chain = chain_of(3, typed());
    EXPECT_EQ(chain.retry(), 0U);
    EXPECT_EQ(wrong(chain), Then::Again);
    EXPECT_EQ(chain.retry(), 1U);
    EXPECT_EQ(wrong(chain), Then::Again);
    EXPECT_EQ(wrong(chain), Then::End);
    EXPECT_EQ(chain.tried(), 3U);
    EXPECT_TRUE(chain.used_up());
}

TEST(KeyChain, OneTryIsTheAnswer) {
    KeyChain chain = chain_of(1, typed());
    EXPECT_EQ(wrong(chain), Then::End);
}

TEST(KeyChain, NoLimitAsksForEver) {
    KeyChain chain = chain_of(0, typed());
    for (int i = 0; i < 1000; ++i) ASSERT_EQ(wrong(chain), Then::Again);
    EXPECT_EQ(chain.retry(), 1000U);
}

TEST(KeyChain, AnAnswerThatCannotBeReadIsNotAskedForAgain) {
    KeyChain chain = chain_of(3, typed());
    EXPECT_EQ(unread(chain), Then::End);
    EXPECT_EQ(chain.tried(), 0U);
}

// An error that prevents opening would do so with the next passphrase, too.
TEST(KeyChain, OnlyAWrongPassphraseIsAskedForAgain) {
    for (int code = 0; code < kErrcCount; ++code) {
        KeyChain chain = chain_of(3, typed());
        const auto kind = static_cast<Errc>(code);
        EXPECT_EQ(wrong(chain, kind), kind == Errc::WrongPassphrase ? Then::Again : Then::End)
            << info(kind).name;
    }
}

TEST(KeyChain, AfterTokensAPersonCanStillOpenItWhateverTheyLacked) {
    for (int code = 0; code < kErrcCount; ++code) {
        KeyChain chain = chain_of(3, tokens(Then::Next), typed());
        const auto kind = static_cast<Errc>(code);
        EXPECT_EQ(wrong(chain, kind), kind == Errc::Interrupted ? Then::End : Then::Next)
            << info(kind).name;
        EXPECT_EQ(chain.tried(), 0U) << "tokens are no try of a person's";
    }
}

TEST(KeyChain, TokensAloneAreTheAnswer) {
    KeyChain chain = chain_of(3, tokens(Then::End));
    EXPECT_EQ(wrong(chain, Errc::NoUsableToken), Then::End);
}

TEST(KeyChain, AnInterruptionEndsItWhereverItComes) {
    KeyChain reading = chain_of(0, file("a", Then::Next, Then::Next), typed());
    EXPECT_EQ(unread(reading, Errc::Interrupted), Then::End);
    KeyChain trying = chain_of(0, typed(), typed());
    EXPECT_EQ(wrong(trying, Errc::Interrupted), Then::End);
}

TEST(KeyChain, TriesAreCountedOverAllSources) {
    KeyChain chain = chain_of(3, file("a", Then::Next, Then::Next), typed());
    EXPECT_EQ(unread(chain), Then::Next);
    EXPECT_EQ(chain.retry(), 0U) << "the person was not asked yet";
    EXPECT_EQ(wrong(chain), Then::Again);
    EXPECT_EQ(wrong(chain), Then::End);
    EXPECT_TRUE(chain.used_up());
}

TEST(KeyChain, TheLastSourceEndsItAlsoWhereTriesAreLeft) {
    KeyChain chain = chain_of(3, file("a", Then::Next, Then::Next));
    EXPECT_EQ(unread(chain), Then::End);
    EXPECT_FALSE(chain.used_up());
}

TEST(KeyChain, WhatIsNotForThisVolumeIsPassedOver) {
    KeyChain chain = chain_of(1, tokens(Then::Next), typed());
    chain.skip();
    EXPECT_TRUE(chain.current()->source.is_a<keys::Ask>());
    EXPECT_EQ(chain.tried(), 0U);
}

}  // namespace
}  // namespace latchkey::test
