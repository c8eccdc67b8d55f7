// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/value.h"

#include <gtest/gtest.h>

#include <limits>

namespace latchkey::cli {
namespace {

TEST(CliValue, IntegersAreDecimal) {
    EXPECT_EQ(parse_integer("0")->magnitude, 0U);
    EXPECT_EQ(parse_integer("010")->magnitude, 10U);
    EXPECT_EQ(parse_integer("+8")->magnitude, 8U);
    EXPECT_EQ(parse_integer("18446744073709551615")->magnitude,
              std::numeric_limits<std::uint64_t>::max());
    EXPECT_EQ(parse_integer(" \t8")->magnitude, 8U);
    EXPECT_TRUE(parse_integer("-8")->negative);
    for (const char* bad :
         {"", "-", "+", "x", "8x", " ", "8 ", "0x10", "--8", "18446744073709551616"})
        EXPECT_FALSE(parse_integer(bad)) << '"' << bad << '"';
}

TEST(CliValue, SizesHaveUnits) {
    EXPECT_EQ(parse_size("4096"), 4096U);
    EXPECT_EQ(parse_size("2s"), 1024U);
    EXPECT_EQ(parse_size("2S"), 1024U);
    EXPECT_EQ(parse_size("3k"), 3072U);
    EXPECT_EQ(parse_size("3KiB"), 3072U);
    EXPECT_EQ(parse_size("3kib"), 3072U);
    EXPECT_EQ(parse_size("3KB"), 3000U);
    EXPECT_EQ(parse_size("1M"), 1048576U);
    EXPECT_EQ(parse_size("1MB"), 1000000U);
    EXPECT_EQ(parse_size("1G"), 1073741824U);
    EXPECT_EQ(parse_size("1GB"), 1000000000U);
    EXPECT_EQ(parse_size("1TiB"), 1099511627776U);
    EXPECT_EQ(parse_size("16777215T"), 16777215U * 1099511627776U);
}

TEST(CliValue, SizesThatAreNone) {
    for (const char* bad : {"", "k", " 512", "512 ", "-1", "+1", "0x10", "1.5k", "1b", "1ki", "1kx",
                            "1P", "1kibb", "16777216T", "99999999999999999999"})
        EXPECT_FALSE(parse_size(bad)) << '"' << bad << '"';
}

}  // namespace
}  // namespace latchkey::cli
