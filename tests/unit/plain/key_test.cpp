// SPDX-License-Identifier: GPL-2.0-or-later
#include <gtest/gtest.h>

#include "base/hex.h"
#include "latchkey/plain.h"
#include "support/secrets.h"

namespace latchkey::plain {
namespace {

struct PlainKeyCase {
    const char* name;
    const char* hash;
    const char* passphrase;
    std::uint32_t key_bytes;
    const char* key;  // hex; trailing zeros up to key_bytes are omitted
};

// Read from a kernel's table after the peer had made the mapping.
const PlainKeyCase kKeys[] = {
    {"Sha256", "sha256", "abc", 32,
     "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
    {"Sha256TwoRounds", "sha256", "abc", 64,
     "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
     "bd1dfaf32c12fd5cdd1e97f1318f0fbce582ad494caf62bc440cc64a2b92a781"},
    {"Sha256PartOfARound", "sha256", "abc", 48,
     "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
     "bd1dfaf32c12fd5cdd1e97f1318f0fbc"},
    {"Sha256ThreeRounds", "sha256", "abc", 72,
     "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
     "bd1dfaf32c12fd5cdd1e97f1318f0fbce582ad494caf62bc440cc64a2b92a781"
     "ea77f20730c96aed"},
    {"Ripemd160", "ripemd160", "abc", 32,
     "8eb208f7e05d987a9b044a8e98c6b087f15a0bfc7e368e412f739ece724fc229"},
    {"Rmd160", "rmd160", "abc", 32,
     "8eb208f7e05d987a9b044a8e98c6b087f15a0bfc7e368e412f739ece724fc229"},
    {"Sha1", "sha1", "abc", 32, "a9993e364706816aba3e25717850c26c9cd0d89da0070107aab564ed30dc84f4"},
    {"Sha512", "sha512", "abc", 32,
     "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"},
    {"Sha256Of16", "sha256:16", "abc", 32, "ba7816bf8f01cfea414140de5dae2223"},
    {"Sha256Of32", "sha256:32", "abc", 32,
     "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
    {"Sha512Of20", "sha512:20", "abc", 32, "ddaf35a193617abacc417349ae20413112e6fa4e"},
    {"Ripemd160Of20", "ripemd160:20", "abc", 32, "8eb208f7e05d987a9b044a8e98c6b087f15a0bfc"},
    {"Plain", "plain", "abc", 32, "616263"},
    {"PlainIsCut", "plain", "abcdefghijklmnopqrst", 16, "6162636465666768696a6b6c6d6e6f70"},
    {"PlainOf16", "plain:16", "abcdefghijklmnopqrst", 32, "6162636465666768696a6b6c6d6e6f70"},
    {"PlainOf2", "plain:2", "abc", 32, "6162"},
    {"Nothing", "sha256", "", 32,
     "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
    {"UpperCase", "SHA256", "abc", 32,
     "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
};

class PlainKey : public testing::TestWithParam<PlainKeyCase> {};

TEST_P(PlainKey, IsThePeers) {
    const PlainKeyCase& c = GetParam();
    const auto key =
        key_from_passphrase({.cipher = "aes-cbc-plain", .key_bytes = c.key_bytes, .hash = c.hash},
                            test::passphrase(c.passphrase));
    ASSERT_TRUE(key) << key.error().message;
    std::string expected = c.key;
    expected.resize(std::size_t{2} * c.key_bytes, '0');
    EXPECT_EQ(to_hex(key->bytes()), expected);
}

INSTANTIATE_TEST_SUITE_P(All, PlainKey, testing::ValuesIn(kKeys),
                         [](const auto& param) { return param.param.name; });

struct PlainRefusal {
    const char* name;
    const char* hash;
    std::uint32_t key_bytes;
    Errc code;
    const char* message;
};
const PlainRefusal kRefusals[] = {
    {"LongerThanTheKey", "sha256:40", 32, Errc::InvalidArgument,
     "key processing error (using hash sha256:40)"},
    {"NoDigits", "sha256:", 32, Errc::InvalidArgument, "key processing error (using hash sha256:)"},
    {"BadDigits", "sha256:16x", 32, Errc::InvalidArgument,
     "key processing error (using hash sha256:16x)"},
    {"Negative", "sha256:-1", 32, Errc::InvalidArgument,
     "key processing error (using hash sha256:-1)"},
    {"ZeroBytes", "sha256:0", 32, Errc::InvalidArgument,
     "key processing error (using hash sha256:0)"},
    {"ShortPlain", "plain:16", 32, Errc::InvalidArgument,
     "key processing error (using hash plain:16)"},
    {"Unknown", "nosuch", 32, Errc::MissingCipher, "hash algorithm nosuch not supported"},
    {"UnknownWithLength", "nosuch:16", 32, Errc::MissingCipher,
     "hash algorithm nosuch:16 not supported"},
    {"UpperCasePlain", "PLAIN", 32, Errc::MissingCipher, "hash algorithm PLAIN not supported"},
    {"Empty", "", 32, Errc::MissingCipher, "hash algorithm  not supported"},
    {"NoKey", "sha256", 0, Errc::InvalidArgument, "key of 0 bytes: plain mode takes 1 to 1024"},
    {"LongKey", "sha256", 1025, Errc::InvalidArgument,
     "key of 1025 bytes: plain mode takes 1 to 1024"},
};

class PlainKeyRefusal : public testing::TestWithParam<PlainRefusal> {};

TEST_P(PlainKeyRefusal, SaysWhy) {
    const PlainRefusal& c = GetParam();
    const auto key =
        key_from_passphrase({.key_bytes = c.key_bytes, .hash = c.hash}, test::passphrase("abc"));
    ASSERT_FALSE(key);
    EXPECT_EQ(key.error().code, c.code);
    EXPECT_EQ(key.error().message, c.message);
}

INSTANTIATE_TEST_SUITE_P(All, PlainKeyRefusal, testing::ValuesIn(kRefusals),
                         [](const auto& param) { return param.param.name; });

TEST(PlainKeyFile, IsItsFirstBytes) {
    const auto key = key_from_file({.key_bytes = 4, .hash = "sha256"}, test::secret("0123456789"));
    ASSERT_TRUE(key);
    EXPECT_EQ(to_hex(key->bytes()), "30313233");
    const auto refused = key_from_file({.key_bytes = 16}, test::secret("0123456789"));
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, Errc::InvalidArgument);
    EXPECT_EQ(refused.error().message, "cannot read requested amount of data");
}

// The key in the kernel's table is "-"; a bad hash is an error nevertheless.
TEST(PlainKeyNull, HasNoBytes) {
    for (const char* cipher : {"null", "cipher_null", "cipher_null-ecb"}) {
        const auto key =
            key_from_passphrase({.cipher = cipher, .hash = "plain"}, test::passphrase("abc"));
        ASSERT_TRUE(key) << key.error().message;
        EXPECT_EQ(key->size(), 0U) << cipher;
    }
    EXPECT_FALSE(
        key_from_passphrase({.cipher = "null", .hash = "sha256:40"}, test::passphrase("abc")));
}

}  // namespace
}  // namespace latchkey::plain
