// SPDX-License-Identifier: GPL-2.0-or-later
#include "legacy/words.h"

#include <gtest/gtest.h>

namespace latchkey::legacy {
namespace {

Words words_of(std::string_view line) {
    const auto words = split_line(line);
    return words ? *words : Words{"error", words.error().message};
}

TEST(OldWords, SplitAsAShell) {
    EXPECT_EQ(words_of("losetup -e aes  /dev/loop0\tfile"),
              (Words{"losetup", "-e", "aes", "/dev/loop0", "file"}));
    EXPECT_EQ(words_of("a 'b c' \"d e\" f\\ g ''"), (Words{"a", "b c", "d e", "f g", ""}));
    EXPECT_EQ(words_of("a|b | c"), (Words{"a", "|", "b", "|", "c"}));
    EXPECT_EQ(words_of("x $(hashalot -x sha256) `y z`"),
              (Words{"x", "$(hashalot -x sha256)", "$(y z)"}));
    EXPECT_EQ(words_of("\"0 1 `y z` 2 $(a b)\""), (Words{"0 1 $(y z) 2 $(a b)"}));
    EXPECT_EQ(words_of("$HOME"), (Words{"$HOME"}));
    EXPECT_EQ(words_of("\"a\\\"b\""), (Words{"a\"b"}));
    EXPECT_EQ(words_of(""), Words());
    for (const char* line : {"'a", "\"a", "`a", "$(a", "\"`a\""})
        EXPECT_EQ(words_of(line)[0], "error") << line;
    EXPECT_EQ(words_of("'a"), (Words{"error", "the command line has no closing '"}));
}

TEST(OldWords, HaveStages) {
    const auto stages =
        split_stages({"sudo", "/sbin/hashalot", "-x", "|", "/usr/bin/dmsetup", "a/b"});
    ASSERT_TRUE(stages);
    EXPECT_EQ(*stages, (std::vector<Words>{{"hashalot", "-x"}, {"dmsetup", "a/b"}}));
    for (const Words& words : {Words{}, Words{"|"}, Words{"a", "|"}, Words{"sudo"}}) {
        const auto none = split_stages(words);
        ASSERT_FALSE(none);
        EXPECT_EQ(none.error().message, "no command line to read");
    }
}

TEST(OldWords, HaveOptions) {
    constexpr OldOption kKnown[] = {{'e', "encryption", true}, {'r', "read-only"}, {'x', ""}};
    const auto parsed = [&](const Words& stage) {
        const auto options = parse_options(stage, kKnown);
        if (!options) return options.error().message;
        std::string text;
        for (const auto& [letter, value] : options->values)
            text += std::string(1, letter) + "=" + value + " ";
        for (const std::string& operand : options->operands) text += operand + " ";
        return text;
    };
    EXPECT_EQ(parsed({"t", "-e", "aes", "file"}), "e=aes file ");
    EXPECT_EQ(parsed({"t", "file", "-eaes", "-rx"}), "e=aes r= x= file ");
    EXPECT_EQ(parsed({"t", "-re", "aes", "--", "-x"}), "e=aes r= -x ");
    EXPECT_EQ(parsed({"t", "--encryption=aes", "--read-only"}), "e=aes r= ");
    EXPECT_EQ(parsed({"t", "--encryption", "aes"}), "e=aes ");
    EXPECT_EQ(parsed({"t", "-"}), "- ");
    EXPECT_EQ(parsed({"t", "-z"}), "t: option '-z' is not known here");
    EXPECT_EQ(parsed({"t", "--zz"}), "t: option '--zz' is not known here");
    EXPECT_EQ(parsed({"t", "--"}), "");
    EXPECT_EQ(parsed({"t", "--read-only=1"}), "t: option '--read-only=1' is not known here");
    EXPECT_EQ(parsed({"t", "-e"}), "t: option -e needs a value");
    EXPECT_EQ(number_of("t", "-k", "12x").error().message, "t: -k '12x' is not a number");
    EXPECT_EQ(number_of("t", "-k", "").error().message, "t: -k '' is not a number");
    EXPECT_EQ(number_of("t", "-k", "-1").error().message, "t: -k '-1' is not a number");
    EXPECT_EQ(*number_of("t", "-k", "128"), 128U);
}

}  // namespace
}  // namespace latchkey::legacy
