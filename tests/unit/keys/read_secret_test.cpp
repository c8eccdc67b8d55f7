// SPDX-License-Identifier: GPL-2.0-or-later
// The result of each kind of source, with files and a pipe of the test and a fake keyring.
#include "keys/read_secret.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <string>
#include <vector>

#include "support/secrets.h"
#include "support/temp_dir.h"
#include "user_keys.h"

namespace latchkey::test {
namespace {

struct ReadSecret : testing::Test {
    Context context;
    FakeUserKeys keyring;
    TempDir dir;

    // Returns the bytes, or "error: " and the message.
    std::string read(const KeySource& source, const KeyReading& reading = {}, unsigned retry = 0) {
        const auto bytes = keys::read_secret(context, source, reading, retry, keyring);
        if (!bytes) return "error: " + bytes.error().message;
        return {reinterpret_cast<const char*>(bytes->bytes().data()), bytes->size()};
    }
};

TEST_F(ReadSecret, OfAFile) {
    const std::string path = dir.file("key", "0123456789");
    EXPECT_EQ(read({.from = keys::File{.path = path}}), "0123456789");
    EXPECT_EQ(read({.from = keys::File{.path = path, .options = {.offset = 2, .size = 3}}}), "234");
    EXPECT_EQ(read({.from = keys::File{.path = path, .options = {.size = 11}}}),
              "error: cannot read requested amount of data");
}

TEST_F(ReadSecret, OfAFileThatMayBeShort) {
    const std::string path = dir.file("key", "0123456789");
    const auto at_most = [&](std::uint64_t size) {
        return read(
            {.from = keys::File{.path = path, .options = {.size = size, .may_be_short = true}}});
    };
    EXPECT_EQ(at_most(11), "0123456789");
    EXPECT_EQ(at_most(4), "0123");
    // A device must have the full length.
    EXPECT_EQ(read({.from = keys::File{.path = "/dev/zero",
                                       .options = {.size = 4, .may_be_short = true}}}),
              std::string(4, '\0'));
}

TEST_F(ReadSecret, OfADescriptorNotAByteMoreThanOneLine) {
    int ends[2];
    ASSERT_EQ(::pipe(ends), 0);
    ASSERT_EQ(::write(ends[1], "one\ntwo", 7), 7);
    ::close(ends[1]);
    EXPECT_EQ(read({.from = keys::Descriptor{.descriptor = ends[0],
                                             .options = {.stop_at_newline = true}}}),
              "one");
    EXPECT_EQ(read({.from = keys::Descriptor{.descriptor = ends[0]}}), "two");
    ::close(ends[0]);
}

TEST_F(ReadSecret, OfTheKeyring) {
    keyring.keys["a:b"] = "payload";
    EXPECT_EQ(read({.from = keys::Keyring{.description = "a:b"}}), "payload");
    EXPECT_EQ(read({.from = keys::Keyring{.description = "none"}}), "error: no key none");
    EXPECT_EQ(read({.from = keys::Keyring{.description = "a:b", .type = "logon"}}),
              "error: a volume key of keyring type logon cannot be read");
}

TEST_F(ReadSecret, NamesOfVolumeKeysSayTheirType) {
    const auto named = [](const char* name) {
        const keys::Keyring key = keys::keyring_key(name);
        return key.type + " " + key.description;
    };
    EXPECT_EQ(named("%user:vk"), "user vk");
    EXPECT_EQ(named("user:vk"), "user vk");
    EXPECT_EQ(named("vk"), "user vk");
    EXPECT_EQ(named("%logon:a:b"), "logon a:b");
}

TEST_F(ReadSecret, OfAPersonByTheCallersPrompter) {
    std::vector<std::string> asked;
    const KeyReading reading{.ask = [&](const keys::Ask& question, unsigned retry) {
        asked.push_back(question.prompt + std::to_string(retry));
        return Result<SecretBuffer>(secret("typed"));
    }};
    const KeySource source{.from = keys::Ask{.prompt = "Passphrase: "}};
    EXPECT_EQ(read(source, reading, 2), "typed");
    EXPECT_EQ(asked, std::vector<std::string>{"Passphrase: 2"});
    EXPECT_EQ(read(source), "error: a passphrase cannot be asked for here");
}

TEST_F(ReadSecret, OfAProgramWhatItPrints) {
    EXPECT_EQ(read({.from = keys::Script{.program = {.words = {"/bin/echo", "-n", "printed"}}}}),
              "printed");
}

TEST_F(ReadSecret, RandomBytesKeepTheirMark) {
    const KeySource source{.from = keys::Random{.path = "/dev/urandom", .bytes = 16},
                           .is = KeyIs::VolumeKey};
    const auto bytes = keys::read_secret(context, source, {}, 0, keyring);
    ASSERT_TRUE(bytes) << bytes.error().message;
    EXPECT_EQ(bytes->size(), 16U);
    EXPECT_TRUE(bytes->is_random());
}

// Without a number of bytes reading would never end.
TEST_F(ReadSecret, ARandomKeyHasALength) {
    const auto bytes = keys::read_secret(
        context, {.from = keys::Random{.path = "/dev/zero"}, .is = KeyIs::VolumeKey}, {}, 0,
        keyring);
    ASSERT_FALSE(bytes);
    EXPECT_EQ(bytes.error().code, Errc::InvalidArgument);
    EXPECT_EQ(bytes.error().message, "a random key of 0 bytes");
}

TEST_F(ReadSecret, WhatIsGivenStaysWithItsGiver) {
    const KeySource source{.from = keys::Given{.bytes = secret("given")}};
    EXPECT_EQ(read(source), "given");
    EXPECT_EQ(read(source), "given");
    EXPECT_EQ(read({.from = keys::Given{}}), "");
}

TEST_F(ReadSecret, TokensGiveNothingThatCouldBeRead) {
    EXPECT_TRUE(read({.from = keys::Token{}}).starts_with("error: "));
}

TEST_F(ReadSecret, TheCallerIsToldOfEachSourceBefore) {
    unsigned told = 0;
    const KeyReading reading{
        .before = [&](const KeySource& source) { told += source.is_a<keys::Given>() ? 1U : 100U; }};
    EXPECT_EQ(read({.from = keys::Given{}}, reading), "");
    EXPECT_EQ(told, 1U);
}

}  // namespace
}  // namespace latchkey::test
