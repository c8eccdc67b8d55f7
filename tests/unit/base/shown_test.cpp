// SPDX-License-Identifier: GPL-2.0-or-later
// The functions for text that is shown.
#include <gtest/gtest.h>

#include "latchkey/error.h"
#include "latchkey/report.h"
#include "latchkey/wording.h"

namespace latchkey {
namespace {

[[gnu::format(printf, 1, 2)]] std::string put_together(const char* format, ...) {
    std::va_list arguments;
    va_start(arguments, format);
    std::string text = vshown(format, arguments);
    va_end(arguments);
    return text;
}

struct Escaped {
    const char* text;
    const char* shown;
};

TEST(Shown, WhatMayDriveATerminalIsEscaped) {
    for (
        const Escaped& one : {
            Escaped{"\x1b[2J", "\\x1b[2J"},
            Escaped{"a\nb\tc\rd", "a\\x0ab\\x09c\\x0dd"},
            Escaped{"\x7f", "\\x7f"},
            Escaped{"\xc2\x80\xc2\x9b\xc2\x9f", "\\xc2\\x80\\xc2\\x9b\\xc2\\x9f"},
            Escaped{"\xe2\x80\xaa\xe2\x80\xae", "\\xe2\\x80\\xaa\\xe2\\x80\\xae"},
            Escaped{"\xe2\x81\xa6\xe2\x81\xa9", "\\xe2\\x81\\xa6\\xe2\\x81\\xa9"},
            Escaped{"\xe2\x80\xa8\xe2\x80\xa9", "\\xe2\\x80\\xa8\\xe2\\x80\\xa9"},
            // Not UTF-8: a single byte, a cut sequence, an overlong one, a surrogate, beyond the last plane.
            Escaped{"\x9b", "\\x9b"},
            Escaped{"\xe2\x80", "\\xe2\\x80"},
            Escaped{"\xc0\x9b", "\\xc0\\x9b"},
            Escaped{"\xe0\x82\x9b", "\\xe0\\x82\\x9b"},
            Escaped{"\xed\xa0\x80", "\\xed\\xa0\\x80"},
            Escaped{"\xf4\x90\x80\x80", "\\xf4\\x90\\x80\\x80"},
        })
        EXPECT_EQ(shown(one.text), one.shown);
}

TEST(Shown, LettersOfAnyScriptStay) {
    for (const char* text :
         {"Schl\xc3\xbcssel \xc2\xa7\xc2\xa0", "\xe9\x8d\xb5", "\xf0\x9f\x94\x91", "\xd7\xa9",
          "plain \\x1b", "\xe2\x80\xa7\xe2\x80\xaf\xe2\x81\xa5\xe2\x81\xaa"})
        EXPECT_EQ(shown(text), text);
    EXPECT_EQ(without_controls("a\n\tb\x1b"), "a\n\tb\\x1b");
}

TEST(Shown, LinesOfAFormatStayAndThoseOfArgumentsDoNot) {
    EXPECT_EQ(put_together("a\t%s\nb %d\n", "x", 7), "a\tx\nb 7\n");
    EXPECT_EQ(put_together("a %s\nb", "x\nKey slot 0 unlocked."),
              "a x\\x0aKey slot 0 unlocked.\nb");
    EXPECT_EQ(put_together("%s", "\x1b\xff"), "\\x1b\\xff");
    // The arguments cannot contain the marks that temporarily represent newlines.
    EXPECT_EQ(put_together("a\n%s", "x\x01y"), "a\\x01x\\x01y");
    EXPECT_EQ(put_together("%s\t", "\x02"), "\\x02\\x02");
    EXPECT_EQ(fail(Errc::Io, "no %s", "x\n\x1b").message, "no x\\x0a\\x1b");
}

TEST(Shown, JsonKeepsItsMeaning) {
    EXPECT_EQ(shown_json("{\n  \"a\": \"\xc2\x9b\x7f\xe2\x80\xae\xc3\xbc\"\n}"),
              "{\n  \"a\": \"\\u009b\\u007f\\u202e\xc3\xbc\"\n}");
    EXPECT_EQ(to_json({.key = "", .value = std::string("\xc2\x9b\x7f\x1b\n")}),
              "\"\\u009b\\u007f\\u001b\\n\"");
}

TEST(Shown, FactsAreShownWhole) {
    EXPECT_EQ(
        to_text({.key = "", .label = "a\x1b\t", .value = std::string("x\ny"), .suffix = "\x9b"}),
        "a\\x1b\tx\\x0ay\\x9b\n");
}

}  // namespace
}  // namespace latchkey
