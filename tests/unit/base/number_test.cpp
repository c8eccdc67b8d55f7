// SPDX-License-Identifier: GPL-2.0-or-later
#include "latchkey/number.h"

#include <gtest/gtest.h>

namespace latchkey {
namespace {

TEST(Number, IsTheWholeText) {
    EXPECT_EQ(parse_number("0"), 0U);
    EXPECT_EQ(parse_number("007"), 7U);
    EXPECT_EQ(parse_number("18446744073709551615"), UINT64_MAX);
    for (const char* text : {"", " 1", "1 ", "-1", "+1", "0x10", "1.0", "18446744073709551616"})
        EXPECT_EQ(parse_number(text), std::nullopt) << text;
}

TEST(Number, FitsItsType) {
    EXPECT_EQ(parse_number<std::uint32_t>("4294967295"), UINT32_MAX);
    EXPECT_EQ(parse_number<std::uint32_t>("4294967296"), std::nullopt);
    EXPECT_EQ(parse_number<std::int32_t>("-5"), -5);
    EXPECT_EQ(parse_number<std::int32_t>("2147483648"), std::nullopt);
    EXPECT_EQ(parse_number<std::uint32_t>("3f9a", 16), 0x3f9aU);
    EXPECT_EQ(parse_number("8", 8), std::nullopt);
}

}  // namespace
}  // namespace latchkey
