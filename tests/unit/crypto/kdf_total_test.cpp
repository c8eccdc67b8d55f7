// SPDX-License-Identifier: GPL-2.0-or-later
// Keyslots that are cheap enough alone, but too expensive together.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "crypto/kdf.h"

namespace latchkey::crypto {
namespace {

using testing::HasSubstr;

TEST(KdfTotal, FiveHundredKeyslotsOfTenMinutesAreRefused) {
    KdfTotal total;
    for (int i = 0; i < 500; ++i) total.add({"pbkdf2", "sha256", 1'000'000'000}, 32);
    const auto refused = total.check({}, 500);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, Errc::CostRefused);
    EXPECT_EQ(refused.error().message,
              "key derivation for 500 keyslots and their digests: about 300000 seconds > 1800 that "
              "are allowed");
    EXPECT_EQ(refused.error().hint,
              "--key-slot tries one of them alone; if you trust this header, --kdf-max-total "
              "300000 allows all");
    EXPECT_TRUE(total.check({.max_total_seconds = 300'000}, 500));
}

TEST(KdfTotal, RealHeadersAreFarBelow) {
    KdfTotal total;
    // 32 keyslots of two seconds and their digests.
    for (int i = 0; i < 32; ++i) {
        total.add({"argon2id", "", 4, 1'048'576, 4}, 64);
        total.add({"pbkdf2", "sha256", 200'000}, 32);
    }
    EXPECT_TRUE(total.check({}, 32));
    EXPECT_LT(total.seconds(), 120U);
    KdfTotal dearest;  // one keyslot at the limit, and its digest
    dearest.add({"pbkdf2", "sha256", 1'000'000'000}, 64);
    dearest.add({"pbkdf2", "sha256", 200'000}, 32);
    EXPECT_TRUE(dearest.check({}, 1));
}

TEST(KdfTotal, CountsBlocksAndSlowHashes) {
    KdfTotal blocks;  // 512 bytes of RIPEMD-160 are 26 times the work
    blocks.add({"pbkdf2", "ripemd160", 1'000'000'000}, 512);
    EXPECT_EQ(blocks.seconds(), 26U * 600);
    EXPECT_THAT(blocks.check({}, 1).error().hint, HasSubstr("--kdf-max-total 15600"));
    KdfTotal slow;
    slow.add({"pbkdf2", "whirlpool", 1'000'000'000}, 64);
    EXPECT_EQ(slow.seconds(), 2400U);
    KdfTotal unknown;
    unknown.add({"pbkdf2", "md17", UINT64_MAX}, 64);
    EXPECT_EQ(unknown.seconds(), 0U);
}

TEST(KdfTotal, DoesNotOverflow) {
    KdfTotal total;
    for (int i = 0; i < 8; ++i) total.add({"argon2id", "", UINT64_MAX, UINT64_MAX, 4}, 64);
    total.add({"pbkdf2", "sha1", UINT64_MAX}, SIZE_MAX / 2);
    EXPECT_FALSE(total.check({.max_total_seconds = UINT32_MAX}, 8));
}

}  // namespace
}  // namespace latchkey::crypto
