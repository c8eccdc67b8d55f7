// SPDX-License-Identifier: GPL-2.0-or-later
#include "crypto/hash.h"

#include <gtest/gtest.h>

#include "base/hex.h"
#include "support/vectors.h"

namespace latchkey::crypto {
namespace {

class HashVector : public testing::TestWithParam<test::Vector> {};

TEST_P(HashVector, Matches) {
    const auto result = digest(GetParam().text("hash"), GetParam().hex("message"));
    ASSERT_TRUE(result) << result.error().message;
    EXPECT_EQ(to_hex(*result), GetParam().text("digest"));
    const auto length = hash_length(GetParam().text("hash"));
    ASSERT_TRUE(length);
    EXPECT_EQ(*length, result->size());
}

TEST_P(HashVector, MatchesInPieces) {
    auto hash = Hash::create(GetParam().text("hash"));
    ASSERT_TRUE(hash) << hash.error().message;
    const Bytes message = GetParam().hex("message");
    Bytes result(hash->length());
    for (int round = 0; round < 2; ++round) {  // and again after a reset
        hash->reset();
        for (std::size_t at = 0; at < message.size(); at += 7)
            hash->update(
                ByteView(message).subspan(at, std::min<std::size_t>(7, message.size() - at)));
        hash->finish(result);
        EXPECT_EQ(to_hex(result), GetParam().text("digest"));
    }
}

INSTANTIATE_TEST_SUITE_P(Others, HashVector, testing::ValuesIn(test::read_vectors("hash.vec")));
INSTANTIATE_TEST_SUITE_P(Published, HashVector,
                         testing::ValuesIn(test::read_vectors("published.vec")));

TEST(Hash, NameInAnyCase) {
    const auto upper = digest("SHA256", as_byte_view("abc"));
    ASSERT_TRUE(upper) << upper.error().message;
    EXPECT_EQ(*upper, *digest("sha256", as_byte_view("abc")));
}

TEST(Hash, RefusesWhatItDoesNotKnow) {
    for (const char* name : {"", "sha", "sha2566", "sha256 ", "hmac(sha256)", "crc32"}) {
        const auto result = hash_length(name);
        ASSERT_FALSE(result) << name;
        EXPECT_EQ(result.error().code, Errc::MissingCipher);
        EXPECT_EQ(result.error().message, "hash '" + std::string(name) + "' is not available");
    }
    EXPECT_FALSE(Hash::create("sha-256"));
    EXPECT_FALSE(digest("whirlpool2", {}));
}

TEST(Hash, FinishWritesNoMoreThanThereIsRoomFor) {
    auto hash = Hash::create("sha1");
    ASSERT_TRUE(hash);
    hash->update(as_byte_view("abc"));
    Bytes result(30, std::byte{0x77});
    hash->finish(MutableByteView(result).first(4));
    EXPECT_EQ(to_hex(ByteView(result).first(5)), "a9993e3677");
    hash->reset();
    hash->update(as_byte_view("abc"));
    hash->finish(result);
    EXPECT_EQ(to_hex(ByteView(result).subspan(19, 2)), "9d77");
}

// Headers of libgcrypt before 1.6.0: its Whirlpool depended on how the message was split (docs/formats/luks1.md
// section 10).
TEST(Hash, WhirlpoolOfOldLibgcryptDependsOnTheCut) {
    const auto of_two_zeros = [](const char* name, bool in_pieces) {
        auto hash = Hash::create(name);
        const Bytes zeros(2);
        if (in_pieces) {
            hash->update(ByteView(zeros).first(1));
            hash->update(ByteView(zeros).last(1));
        } else {
            hash->update(zeros);
        }
        Bytes result(hash->length());
        hash->finish(result);
        return to_hex(result);
    };
    EXPECT_EQ(of_two_zeros("whirlpool", false), of_two_zeros("whirlpool", true));
    EXPECT_EQ(of_two_zeros("whirlpool_gcryptbug", false), of_two_zeros("whirlpool", false));
    EXPECT_NE(of_two_zeros("whirlpool_gcryptbug", true), of_two_zeros("whirlpool", true));
}

}  // namespace
}  // namespace latchkey::crypto
