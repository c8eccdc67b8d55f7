// SPDX-License-Identifier: GPL-2.0-or-later
// The bytes that make a plain volume's key, by source.
#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "base/bytes.h"
#include "latchkey/key_source.h"
#include "support/secrets.h"

namespace latchkey::test {
namespace {

const plain::Params kHashed{.cipher = "aes-xts-plain64", .key_bytes = 32, .hash = "sha256"};
const plain::Params kUnhashed{.cipher = "aes-xts-plain64", .key_bytes = 32, .hash = "plain"};

TEST(PlainSource, AKeyFileGivesAsManyBytesAsTheKeyHasAndTheyAreTheKey) {
    const KeySource source = as_plain_source(
        kHashed, {.from = keys::File{.path = "f", .options = {.offset = 7, .size = 3}}});
    const auto& file = std::get<keys::File>(source.from);
    EXPECT_EQ(file.options.size, 32U) << "whatever --keyfile-size says";
    EXPECT_EQ(file.options.offset, 7U);
    EXPECT_EQ(source.is, KeyIs::VolumeKey);
}

TEST(PlainSource, AStreamThatIsNotHashedHasAsManyBytesAsTheKey) {
    const auto size_of = [](const plain::Params& params, bool one_line) {
        const KeySource source = as_plain_source(
            params, {.from = keys::Descriptor{
                         .descriptor = 0, .options = {.size = 3, .stop_at_newline = one_line}}});
        EXPECT_EQ(source.is, KeyIs::Passphrase);
        return std::get<keys::Descriptor>(source.from).options.size.value();
    };
    EXPECT_EQ(size_of(kUnhashed, false), 32U);
    EXPECT_EQ(size_of(kUnhashed, true), 3U) << "a line is a passphrase";
    EXPECT_EQ(size_of(kHashed, false), 3U);
    EXPECT_EQ(size_of(kHashed, true), 3U);
}

TEST(PlainSource, AnAnswerStaysAPassphrase) {
    const KeySource source = as_plain_source(kUnhashed, {.from = keys::Ask{.prompt = "?"}});
    EXPECT_TRUE(source.is_a<keys::Ask>());
    EXPECT_EQ(source.is, KeyIs::Passphrase);
}

TEST(PlainKey, AKeyIsTakenAsItIsAndAPassphraseIsHashed) {
    const std::string bytes(32, 'k');
    const auto as_is = plain_key(kHashed, KeyIs::VolumeKey, secret(bytes));
    ASSERT_TRUE(as_is) << as_is.error().message;
    EXPECT_TRUE(std::ranges::equal(as_is->bytes(), as_byte_view(bytes)));
    const auto hashed = plain_key(kHashed, KeyIs::Passphrase, secret(bytes));
    ASSERT_TRUE(hashed) << hashed.error().message;
    EXPECT_FALSE(std::ranges::equal(hashed->bytes(), as_byte_view(bytes)));
    EXPECT_EQ(plain_key(kHashed, KeyIs::VolumeKey, secret("short")).error().message,
              "cannot read requested amount of data");
}

}  // namespace
}  // namespace latchkey::test
