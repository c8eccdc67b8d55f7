// SPDX-License-Identifier: GPL-2.0-or-later
#include <gtest/gtest.h>

#include "base/hex.h"
#include "latchkey/legacy.h"
#include "support/headerless.h"
#include "support/secrets.h"

namespace latchkey::legacy {
namespace {

std::string key(const std::string& line, std::string_view passphrase,
                std::string_view losetup = {}) {
    const auto parsed = parse_command_line({line}, losetup);
    if (!parsed) return parsed.error().message;
    const auto made = key_from_passphrase(*parsed, test::passphrase(passphrase));
    return made ? to_hex(made->bytes()) : made.error().message;
}

TEST(OldKeys, AreThoseOfTheirTools) {
    // hashalot and plain mode agree on RIPEMD160 up to 40 bytes.
    const std::string ripemd = "2c08e8f5884750a7b99f6f2f342fc638db25ff31fb00ff3460badc65d7758851";
    EXPECT_EQ(key("losetup -e aes /dev/loop0 f", "password"), ripemd);
    EXPECT_EQ(key("cryptsetup create x f", "password"), ripemd);
    EXPECT_EQ(key("hashalot -n 32 ripemd160 | dmsetup create x --table '0 8 crypt aes KEY 0 f 0'",
                  "password"),
              ripemd);
    EXPECT_EQ(
        key("hashalot -x -n 32 ripemd160 | dmsetup create x --table '0 8 crypt aes KEY 0 f 0'",
            "password"),
        ripemd);
    EXPECT_EQ(key("hashalot -n 32 ripemd160 | cryptsetup -d - create x f", "password"), ripemd);
    EXPECT_EQ(key("losetup -e aes -N -k 128 /dev/loop0 f", "password"),
              "70617373776f72640000000000000000");
    EXPECT_EQ(key("losetup -e AES128 /dev/loop0 f", "password"),
              "5e884898da28047151d0e56f8dc62927");
    EXPECT_EQ(key("losetup -e AES256 -H sha256 -S salt /dev/loop0 f", "password"),
              "7a37b85c8918eac19a9089c0fa5a2ab4dce3f90528dcdeec108b23ddf3607b99");
    // SHA-2 beyond its length: zeros in hashalot, another round in plain mode.
    EXPECT_EQ(
        key("hashalot -n 64 sha256 | dmsetup create x --table "
            "'0 8 crypt aes-xts-plain64 KEY 0 f 0'",
            "password"),
        "5e884898da28047151d0e56f8dc6292773603d0d6aabbdd62a11ef721d1542d8" + std::string(64, '0'));
}

// The next tool hashes the digits.
TEST(OldKeys, GoThroughTwoTools) {
    EXPECT_EQ(key("hashalot -x -n 8 sha256 | cryptsetup -s 128 -h plain create x f", "password"),
              "35653838343839386461323830343731");
    EXPECT_EQ(key("hashalot -n 16 sha256 | losetup -p 0 -N -k 128 -e aes /dev/loop0 f", "password"),
              "5e884898da28047151d0e56f8dc62927");
}

TEST(OldKeys, AreRefusedWhereNobodyKnows) {
    EXPECT_EQ(key("hashalot -n 64 ripemd160 | dmsetup create x --table "
                  "'0 8 crypt aes-xts-plain64 KEY 0 f 0'",
                  "password"),
              "64 bytes of hashalot\'s ripemd160 cannot be made again: behind the first 40 it "
              "prints memory that nobody has written");
    // One digest in eight contains a newline.
    std::string refused;
    for (int i = 0; i < 1000 && refused.empty(); ++i) {
        const std::string outcome =
            key("hashalot -n 32 sha256 | cryptsetup -h plain create x f", "p" + std::to_string(i));
        if (outcome.find("newline") != std::string::npos) refused = outcome;
    }
    EXPECT_NE(refused.find("is a newline: how much was read of it depended on the other program"),
              std::string::npos)
        << refused;
    EXPECT_EQ(key("hashalot -n 16 sha256 | cryptsetup -d - create x f", "password"),
              "cannot read requested amount of data");
    EXPECT_EQ(key("cryptsetup -d file create x f", "password"), "the key is in file file");
}

// Volumes that the peer made with the parameters of old tools.
TEST(OldKeys, OpenTheCorpus) {
    LATCHKEY_CORPUS_OR_SKIP(corpus);
    const auto matches = [&](const char* id, const std::string& line) {
        const test::CorpusEntry& entry = corpus.entry(id);
        const auto passphrase =
            *from_hex(entry.all.at("keyslots").at(0).at("passphrase_hex").get<std::string>());
        const std::string text(reinterpret_cast<const char*>(passphrase.data()), passphrase.size());
        EXPECT_EQ(key(line, text), to_hex(entry.volume_key)) << id;
        EXPECT_EQ(plan(*parse_command_line({line}))->segments[0].cipher,
                  entry.all.at("dm_cipher").get<std::string>());
    };
    matches("plain-cryptsetup-0.1-like", "cryptsetup create x f");
    matches("plain-cryptoloop-cbc", "losetup -e twofish /dev/loop0 f");
    matches("plain-ecb-cryptoloop-like", "losetup -e serpent-ecb -k 128 /dev/loop0 f");
}

}  // namespace
}  // namespace latchkey::legacy
