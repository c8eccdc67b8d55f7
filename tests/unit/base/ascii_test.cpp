// SPDX-License-Identifier: GPL-2.0-or-later
#include "latchkey/ascii.h"

#include <gtest/gtest.h>

namespace latchkey {
namespace {

TEST(Ascii, OnlyItsLettersHaveAnotherCase) {
    EXPECT_EQ(lower_case("RIPEMD-160 \xc4\xdd@[`{"), "ripemd-160 \xc4\xdd@[`{");
    EXPECT_EQ(upper_case("uuid= \xe4\xfd@[`{"), "UUID= \xe4\xfd@[`{");
    EXPECT_TRUE(equal_ignoring_case("Sha256", "sHA256"));
    EXPECT_FALSE(equal_ignoring_case("sha", "sha1"));
    EXPECT_FALSE(equal_ignoring_case("[", "{"));
}

TEST(Ascii, HexadecimalDigitsHaveValues) {
    int digits = 0;
    for (int c = 0; c < 256; ++c) digits += hex_digit(static_cast<char>(c)) >= 0 ? 1 : 0;
    EXPECT_EQ(digits, 22);
    EXPECT_EQ(hex_digit('9'), 9);
    EXPECT_EQ(hex_digit('a'), 10);
    EXPECT_EQ(hex_digit('F'), 15);
}

}  // namespace
}  // namespace latchkey
