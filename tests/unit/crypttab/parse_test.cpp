// SPDX-License-Identifier: GPL-2.0-or-later
// Splits text into lines and words; tests the bounds of both.
#include <gtest/gtest.h>

#include "latchkey/crypttab.h"

namespace latchkey::crypttab {
namespace {

TEST(CrypttabParse, WordsHaveTheirColumns) {
    const auto file = parse("# name device\n\n\ta  UUID=1\t none luks\nb /dev/x");
    ASSERT_TRUE(file);
    ASSERT_EQ(file->lines.size(), 4U);
    EXPECT_TRUE(file->lines[0].words.empty());
    EXPECT_TRUE(file->lines[1].words.empty());
    const Line& line = file->lines[2];
    EXPECT_EQ(line.number, 3U);
    ASSERT_EQ(line.words.size(), 4U);
    EXPECT_EQ(line.words[0].text, "a");
    EXPECT_EQ(line.words[0].column, 2U);
    EXPECT_EQ(line.words[1].text, "UUID=1");
    EXPECT_EQ(line.words[1].column, 5U);
    EXPECT_EQ(line.words[3].column, 18U);
    EXPECT_EQ(file->lines[3].words.size(), 2U);
}

TEST(CrypttabParse, EmptyTextHasNoLines) {
    const auto file = parse("");
    ASSERT_TRUE(file);
    EXPECT_TRUE(file->lines.empty());
}

TEST(CrypttabParse, CarriageReturnIsNoPartOfTheText) {
    const auto file = parse("a b\r\n");
    ASSERT_TRUE(file);
    EXPECT_TRUE(file->lines[0].carriage_return);
    EXPECT_EQ(file->lines[0].text, "a b");
}

TEST(CrypttabParse, RefusesNulBytes) {
    const auto file = parse(std::string_view("a b\nc \0d\n", 9));
    ASSERT_FALSE(file);
    EXPECT_EQ(file.error().code, Errc::InvalidArgument);
    EXPECT_EQ(file.error().message, "line 2, column 3: a NUL byte");
}

TEST(CrypttabParse, RefusesLongLines) {
    EXPECT_TRUE(parse("#" + std::string(kMaxLineBytes - 1, 'x')));
    const auto file = parse("\n#" + std::string(kMaxLineBytes, 'x'));
    ASSERT_FALSE(file);
    EXPECT_EQ(file.error().message, "line 2 has 16385 bytes, more than 16384");
}

TEST(CrypttabParse, RefusesManyLines) {
    EXPECT_TRUE(parse(std::string(kMaxLines, '\n')));
    const auto file = parse(std::string(kMaxLines + 1, '\n'));
    ASSERT_FALSE(file);
    EXPECT_EQ(file.error().message, "crypttab has more than 10000 lines");
}

TEST(CrypttabParse, RefusesLargeFiles) {
    const auto file = parse(std::string(kMaxFileBytes + 1, '\n'));
    ASSERT_FALSE(file);
    EXPECT_EQ(file.error().message, "crypttab has 1048577 bytes, more than 1048576");
}

}  // namespace
}  // namespace latchkey::crypttab
