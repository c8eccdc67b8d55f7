// SPDX-License-Identifier: GPL-2.0-or-later
#include <gtest/gtest.h>

#include "base/hex.h"
#include "base/strprintf.h"
#include "crypto/hash.h"
#include "latchkey/loopaes.h"
#include "support/random.h"
#include "support/secrets.h"

namespace latchkey::loopaes {
namespace {

// Returns a key file of the specification's vectors.
std::string vector_file(int keys, const char* end = "\n") {
    std::string file;
    for (int key = 0; key < keys; ++key) {
        for (int i = 0; i < 10; ++i) file += strprintf("%03d", key);
        file += std::string("abcdefghijklmnopqrstuvwxyz0123") + end;
    }
    return file;
}

std::string outcome(std::string_view file, const Params& params = {}) {
    const auto keys = parse_keyfile(params, test::secret(file));
    return keys ? strprintf("v%d", keys->version) : keys.error().message;
}

constexpr const char* kIncompatible = "incompatible loop-AES keyfile detected";

TEST(LoopAesKeyfile, MatchesTheVectors) {
    const auto one = parse_keyfile({}, test::secret(vector_file(1)));
    ASSERT_TRUE(one);
    EXPECT_EQ(one->version, 1);
    EXPECT_EQ(to_hex(one->key.bytes()),
              "46f424507a575cebe12665f175116f66bfbc571e37177dafa5c7d723edd2d647");

    const auto many = parse_keyfile({}, test::secret(vector_file(64)));
    ASSERT_TRUE(many);
    EXPECT_EQ(many->version, 2);
    ASSERT_EQ(many->key.size(), 64U * 32);
    EXPECT_EQ(to_hex(many->key.bytes().first(64)),
              "13f424507a575cebe12665f175116f66bfbc571e37177dafa5c7d723edd2d647"
              "da2a856091b43e960c5fae14c245e32b7ff04e9350a84fd15d670b1836ae6707");
    EXPECT_EQ(to_hex(*crypto::digest("sha256", many->key.bytes())),
              "e3e2840a8bc70d67a0146a03072e6db272f24869c7b54977e4e38f6ba19fb45e");

    const auto seeded = parse_keyfile({}, test::secret(vector_file(65)));
    ASSERT_TRUE(seeded);
    EXPECT_EQ(seeded->version, 3);
    ASSERT_EQ(seeded->key.size(), 65U * 32);
    EXPECT_EQ(to_hex(seeded->key.bytes().first(64)),
              "b2f424507a575cebe12665f175116f66bfbc571e37177dafa5c7d723edd2d647"
              "7b2a856091b43e960c5fae14c245e32b7ff04e9350a84fd15d670b1836ae6707");
    EXPECT_EQ(to_hex(*crypto::digest("sha256", seeded->key.bytes())),
              "f815c6ff6552ad252797fb56c85df5be7694e68e74aa900db38ba1e51ad43abd");
}

// Tables of the peer: sha256 for 128 bits, sha384 for 192.
TEST(LoopAesKeyfile, HashFollowsTheLength) {
    const auto of = [](std::uint32_t key_bytes) {
        const auto keys = parse_keyfile({.key_bytes = key_bytes}, test::secret(vector_file(64)));
        return keys ? to_hex(keys->key.bytes().first(36)) : keys.error().message;
    };
    EXPECT_EQ(of(16), "92ea6954fb5ae8009b87297080d31140774dc0da17baa19ab7127be9c66ee62537a0e7c7");
    EXPECT_EQ(of(24), "08d74aab8b835b60e857497362b6a82b4af4bbf458a2d341afa19263f5c26e3ed22aeb81");
}

// Each line was tried with the peer.
TEST(LoopAesKeyfile, SeparatesAsThePeer) {
    using namespace std::string_view_literals;
    for (const std::string_view file :
         {"abc\n"sv, "abc\n\n\n"sv, "abc\r\n"sv, "abc\r\r\n"sv, "abc\0\0\0"sv})
        EXPECT_EQ(outcome(file), "v1") << file;
    for (const std::string_view file :
         {""sv, "abc"sv, "\n"sv, "\nabc\n"sv, "\nabc"sv, "a\r\nb\n"sv, "abc\nde\n"sv, "abc\nabc"sv})
        EXPECT_EQ(outcome(file), kIncompatible) << file;
    EXPECT_EQ(outcome(vector_file(64, "\r\n\n")), "v2");
    EXPECT_EQ(outcome("\n" + vector_file(64)), kIncompatible);
    for (const int keys : {2, 63, 66, 67, 128})
        EXPECT_EQ(outcome(vector_file(keys)), kIncompatible) << keys;
    EXPECT_EQ(outcome(vector_file(63) + "short\n"), kIncompatible);
}

TEST(LoopAesKeyfile, KnowsWhatGpgEncrypted) {
    const auto keys = parse_keyfile({}, test::secret("-----BEGIN PGP MESSAGE-----\n\nabc\n"));
    ASSERT_FALSE(keys);
    EXPECT_EQ(keys.error().code, Errc::InvalidArgument);
    EXPECT_EQ(keys.error().message, "detected not yet supported GPG encrypted keyfile");
    EXPECT_EQ(keys.error().hint, "gpg --decrypt <key file> | ... --key-file=-");
    // Only the first 100 bytes are examined.
    EXPECT_EQ(outcome(std::string(83, 'x') + "BEGIN PGP MESSAGE\n"), keys.error().message);
    EXPECT_EQ(outcome(std::string(84, 'x') + "BEGIN PGP MESSAGE\n"), "v1");
    EXPECT_EQ(outcome("BEGIN PGP MESSAG\n"), "v1");
}

TEST(LoopAesKeyfile, RefusesHashes) {
    const std::string file = vector_file(1);
    EXPECT_EQ(outcome(file, {.key_bytes = 20}), "key processing error (using hash [none])");
    EXPECT_EQ(outcome(file, {.key_bytes = 64}), "key processing error (using hash [none])");
    EXPECT_EQ(outcome(file, {.key_bytes = 32, .hash = "sha1"}),
              "key processing error (using hash sha1)");
    EXPECT_EQ(outcome(file, {.hash = "nosuch"}), "key processing error (using hash nosuch)");
    EXPECT_EQ(outcome(file, {.hash = "sha512:16"}), "key processing error (using hash sha512:16)");
    EXPECT_EQ(outcome(file, {.key_bytes = 0, .hash = "sha256"}),
              "key processing error (using hash sha256)");
    EXPECT_EQ(outcome(file, {.key_bytes = 20, .hash = "sha1"}), "v1");
}

// Any bytes give a result, and only 1, 64 or 65 lines give keys.
TEST(LoopAesKeyfile, TakesAnyBytes) {
    test::SeededRandom random(5);
    for (int round = 0; round < 2000; ++round) {
        std::string file = vector_file(round % 2 == 0 ? 64 : 1);
        for (std::uint64_t i = random.below(4); i-- > 0;)
            file[random.below(file.size())] = "\n\r\0x"[random.below(4)];
        file.resize(file.size() - random.below(2));
        const std::string what = outcome(file);
        EXPECT_TRUE(what == "v1" || what == "v2" || what == kIncompatible) << what;
    }
}

}  // namespace
}  // namespace latchkey::loopaes
