// SPDX-License-Identifier: GPL-2.0-or-later
#include "ui/table.h"

#include <gtest/gtest.h>

namespace latchkey::cli {
namespace {

const std::vector<std::vector<Cell>> kRows = {
    {{"NAME"}, {"LABEL"}, {"UUID"}, {"STATE"}},
    {{"home"}, {}, {"1234-5678"}, {"open", Tint::Good}},
    {{"a\33[2Jb"}, {}, {}, {"locked"}},
};

TEST(CliTable, ColumnsLineUpAndEmptyOnesGo) {
    EXPECT_EQ(table_text(kRows, {}),
              "NAME       UUID       STATE\n"
              "home       1234-5678  open\n"
              "a\\x1b[2Jb             locked\n");
}

TEST(CliTable, ColumnsGoUntilTheRowsFit) {
    EXPECT_EQ(table_text(kRows, {.columns = 20}, {2}),
              "NAME       STATE\n"
              "home       open\n"
              "a\\x1b[2Jb  locked\n");
}

TEST(CliTable, ALongTextAtTheEndTakesNoColumnAway) {
    const std::vector<std::vector<Cell>> rows = {
        {{"NAME"}, {"UUID"}, {"WARNINGS"}},
        {{"home"}, {"1234-5678"}, {}},
        {{"old"}, {"8765-4321"}, {"a text that is longer than the terminal is wide"}},
    };
    EXPECT_EQ(table_text(rows, {.columns = 30}, {1}),
              "NAME  UUID       WARNINGS\n"
              "home  1234-5678\n"
              "old   8765-4321  a text that is longer than the terminal is wide\n");
}

TEST(CliTable, OnlyColoursThatWereWantedAreEscapes) {
    const std::string coloured = table_text(kRows, {.colours = true});
    EXPECT_NE(coloured.find("\33[32mopen\33[m\n"), std::string::npos);
    EXPECT_EQ(coloured.find("\33[2J"), std::string::npos);
    EXPECT_EQ(table_text(kRows, {}).find('\33'), std::string::npos);
}

}  // namespace
}  // namespace latchkey::cli
