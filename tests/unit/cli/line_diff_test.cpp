// SPDX-License-Identifier: GPL-2.0-or-later
#include "ui/line_diff.h"

#include <gtest/gtest.h>

namespace latchkey::cli {
namespace {

TEST(CliLineDiff, EqualTextsDifferInNothing) {
    EXPECT_EQ(line_diff("", ""), "");
    EXPECT_EQ(line_diff("a\nb\n", "a\nb\n"), "");
}

TEST(CliLineDiff, OnlyWhatChanged) {
    EXPECT_EQ(line_diff("epoch 3\nslot 0\nslot 1\nend\n", "epoch 4\nslot 0\nslot 2\nslot 3\nend\n"),
              "- epoch 3\n+ epoch 4\n- slot 1\n+ slot 2\n+ slot 3\n");
}

TEST(CliLineDiff, FromAndToNothing) {
    EXPECT_EQ(line_diff("", "a\nb\n"), "+ a\n+ b\n");
    EXPECT_EQ(line_diff("a\nb", ""), "- a\n- b\n");
}

TEST(CliLineDiff, KeepsWhatMoved) {
    EXPECT_EQ(line_diff("a\nb\nc\nd\n", "b\nc\nx\nd\na\n"), "- a\n+ x\n+ a\n");
}

TEST(CliLineDiff, ABlockStartsAtItsOwnFirstLine) {
    EXPECT_EQ(line_diff("epoch 3\nslot 0\nkey\nend\n", "epoch 4\nslot 0\nkey\nslot 1\nkey\nend\n"),
              "- epoch 3\n+ epoch 4\n+ slot 1\n+ key\n");
}

TEST(CliLineDiff, LongTextsWithLittleChange) {
    std::string before;
    for (int i = 0; i < 6000; ++i) before += std::to_string(i) + "\n";
    std::string after = before;
    after.replace(after.find("3000"), 4, "changed");
    EXPECT_EQ(line_diff(before, after), "- 3000\n+ changed\n");
}

TEST(CliLineDiff, HugeTextsAreShownWhole) {
    std::string before;
    std::string after;
    for (int i = 0; i < 5000; ++i) {
        before += "old " + std::to_string(i) + "\n";
        after += "new " + std::to_string(i) + "\n";
    }
    const std::string diff = line_diff(before, after);
    EXPECT_TRUE(diff.starts_with("- old 0\n- old 1\n"));
    EXPECT_TRUE(diff.ends_with("+ new 4999\n"));
}

}  // namespace
}  // namespace latchkey::cli
