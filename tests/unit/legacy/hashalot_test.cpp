// SPDX-License-Identifier: GPL-2.0-or-later
// Compares with Debian's program, bit for bit.
#include <gtest/gtest.h>

#include "base/hex.h"
#include "base/strprintf.h"
#include "latchkey/legacy.h"
#include "support/program.h"
#include "support/random.h"
#include "support/secrets.h"

namespace latchkey::legacy {
namespace {

std::string ours(const Hashalot& options, std::string_view passphrase) {
    const auto output = hashalot(options, test::passphrase(passphrase));
    return output ? to_hex(output->bytes()) : output.error().message;
}

// Measured and published values; the program is not needed here.
TEST(Hashalot, MatchesTheVectors) {
    EXPECT_EQ(ours({.hash = "rmd160"}, "password"), "2c08e8f5884750a7b99f6f2f342fc638db25ff31");
    EXPECT_EQ(ours({.hash = "ripemd160", .bytes = 32}, "password"),
              "2c08e8f5884750a7b99f6f2f342fc638db25ff31fb00ff3460badc65d7758851");
    EXPECT_EQ(ours({.hash = "ripemd160", .bytes = 40}, "password"),
              "2c08e8f5884750a7b99f6f2f342fc638db25ff31"
              "fb00ff3460badc65d7758851896f05f15418c971");
    EXPECT_EQ(ours({.hash = "rmd160compat"}, "password"), "2c08e8f5884750a7b99f6f2f342fc638");
    EXPECT_EQ(
        ours({.hash = "sha256", .bytes = 64}, "password"),
        "5e884898da28047151d0e56f8dc6292773603d0d6aabbdd62a11ef721d1542d8" + std::string(64, '0'));
    EXPECT_EQ(ours({.hash = "sha256", .salt = "salt"}, "password"),
              "7a37b85c8918eac19a9089c0fa5a2ab4dce3f90528dcdeec108b23ddf3607b99");
    EXPECT_EQ(ours({.hash = "ripemd160", .bytes = 40, .salt = "salt"}, "password"),
              "96cb911463ee6de3a82d08d83f1d30dea15c55c9"
              "cffab66003d88c2f427363983e0bd97f359b9cf2");
    // Only the first line, up to a NUL.
    EXPECT_EQ(ours({.hash = "sha256", .bytes = 4}, "password\nmore"), "5e884898");
    EXPECT_EQ(ours({.hash = "sha256", .bytes = 4}, std::string_view("password\0more", 13)),
              "5e884898");
    // Digits and a newline.
    EXPECT_EQ(ours({.hash = "sha256", .bytes = 2, .hex = true}, "password"), "356538380a");
}

TEST(Hashalot, RefusesWhatCannotBeRepeated) {
    const auto output = hashalot({.hash = "ripemd160", .bytes = 64}, test::passphrase("password"));
    ASSERT_FALSE(output);
    EXPECT_EQ(output.error().code, Errc::NotSupported);
    EXPECT_EQ(output.error().message,
              "64 bytes of hashalot\'s ripemd160 cannot be made again: behind the first 40 it "
              "prints memory that nobody has written");
    EXPECT_EQ(ours({.hash = "rmd160compat", .bytes = 41}, "x"),
              "41 bytes of hashalot\'s rmd160compat cannot be made again: behind the first 40 it "
              "prints memory that nobody has written");
    EXPECT_EQ(ours({.hash = "md5"}, "x"), "hashalot has no hash 'md5'");
    EXPECT_EQ(ours({.hash = "sha256", .bytes = 1 << 20}, "x"), "no key has 1048576 bytes");
}

TEST(Hashalot, IsDebians) {
    ASSERT_EQ(test::run_program({"sh", "-c", "command -v hashalot >/dev/null"}).status, 0)
        << "no hashalot: packages/test names it";
    const char* const hashes[] = {"ripemd160", "rmd160", "rmd160compat",
                                  "sha256",    "sha384", "sha512"};
    test::SeededRandom random(2004);
    for (int i = 0; i < 300; ++i) {
        Hashalot options{.hash = hashes[random.below(6)]};
        const bool two_rounds = options.hash.starts_with('r');
        if (random.below(3) != 0) options.bytes = 1 + random.below(two_rounds ? 40 : 100);
        if (random.below(3) == 0)
            options.salt = strprintf("s%llu", static_cast<unsigned long long>(random.next()));
        options.hex = random.below(2) == 0;
        std::string passphrase;
        std::string octal;
        for (std::uint64_t left = random.below(70); left-- > 0;) {
            // Every byte except the two that end a line.
            const auto byte = static_cast<unsigned>(1 + random.below(255));
            if (byte == '\n') continue;
            passphrase += static_cast<char>(byte);
            octal += strprintf("\\%03o", byte);
        }
        std::string command = "printf '" + octal + "\\nnot this' | hashalot -q ";
        if (options.hex) command += "-x ";
        if (options.bytes != 0) command += strprintf("-n %zu ", options.bytes);
        if (!options.salt.empty()) command += "-s " + options.salt + " ";
        const auto theirs = test::run_program({"sh", "-c", command + options.hash});
        ASSERT_EQ(theirs.status, 0) << command;
        EXPECT_EQ(ours(options, passphrase), to_hex(theirs.output)) << command << options.hash;
    }
}

}  // namespace
}  // namespace latchkey::legacy
