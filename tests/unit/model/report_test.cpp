// SPDX-License-Identifier: GPL-2.0-or-later
#include "latchkey/report.h"

#include <gtest/gtest.h>

namespace latchkey {
namespace {

using Kind = Fact::Kind;

Fact sample() {
    return {.key = "",
            .label = "LUKS header information",
            .kind = Kind::Object,
            .children = {
                {.key = "version", .label = "Version:       \t", .value = std::uint64_t{2}},
                {.key = "label", .label = "Label:         \t", .text = "(no label)"},
                {.key = "", .label = ""},
                {.key = "segments",
                 .label = "Data segments:",
                 .kind = Kind::Object,
                 .children =
                     {
                         {.key = "0",
                          .label = "  0: ",
                          .text = "crypt",
                          .kind = Kind::Object,
                          .children =
                              {
                                  {.key = "type", .value = std::string("crypt"), .in_text = false},
                                  {.key = "offset",
                                   .label = "\toffset: ",
                                   .value = std::uint64_t{16777216},
                                   .suffix = " [bytes]"},
                              }},
                     }},
                {.key = "flags",
                 .label = "Flags:       \t",
                 .text = "a b",
                 .kind = Kind::Array,
                 .children =
                     {
                         {.key = "", .value = std::string("a"), .in_text = false},
                         {.key = "", .value = std::string("b"), .in_text = false},
                     }},
                {.key = "damaged", .value = false, .in_text = false},
            }};
}

TEST(ReportText, IsLabelValueAndSuffixDepthFirst) {
    EXPECT_EQ(to_text(sample()),
              "LUKS header information\n"
              "Version:       \t2\n"
              "Label:         \t(no label)\n"
              "\n"
              "Data segments:\n"
              "  0: crypt\n"
              "\toffset: 16777216 [bytes]\n"
              "Flags:       \ta b\n");
}

TEST(ReportText, ChildrenOfAHiddenFactDecideForThemselves) {
    const Fact fact{.key = "",
                    .in_text = false,
                    .kind = Kind::Object,
                    .children = {{.key = "a", .label = "a: ", .value = true},
                                 {.key = "b", .label = "b: ", .value = true, .in_text = false}}};
    EXPECT_EQ(to_text(fact), "a: true\n");
}

TEST(ReportText, ValuesCannotDriveTheTerminal) {
    const Fact fact{.key = "label",
                    .label = "Label:\t",
                    .value = std::string("a\x1b[2J\n\x7f\xc2\x9b"
                                         "0m \xc3\xa4")};
    EXPECT_EQ(to_text(fact), "Label:\ta\\x1b[2J\\x0a\\x7f\\xc2\\x9b0m \xc3\xa4\n");
}

TEST(ReportText, TextAndLabelMayHaveLinesOfTheirOwn) {
    EXPECT_EQ(
        to_text({.key = "k", .label = "Salt:\t", .value = std::string("0011"), .text = "00\n\t11"}),
        "Salt:\t00\n\t11\n");
}

TEST(ReportJson, KeepsOrderAndPlainValues) {
    EXPECT_EQ(to_json(sample()),
              R"({"version":2,"label":null,"segments":{"0":{"type":"crypt","offset":16777216}},)"
              R"("flags":["a","b"],"damaged":false})");
}

TEST(ReportJson, IndentsByBlanks) {
    const Fact fact{
        .key = "", .kind = Kind::Object, .children = {{.key = "a", .value = std::uint64_t{1}}}};
    EXPECT_EQ(to_json(fact, 2), "{\n  \"a\": 1\n}");
}

TEST(ReportJson, NumbersKeepAll64Bits) {
    const Fact fact{.key = "", .value = ~std::uint64_t{0}};
    EXPECT_EQ(to_json(fact), "18446744073709551615");
}

TEST(ReportJson, ChildrenOfAHeadingStandBesideIt) {
    const Fact fact{.key = "",
                    .kind = Kind::Object,
                    .children = {
                        {.key = "", .label = "Heading", .children = {{.key = "a", .value = true}}},
                        {.key = "slot",
                         .value = std::string("luks2"),
                         .children = {{.key = "b", .value = true}}},
                    }};
    EXPECT_EQ(to_json(fact), R"({"a":true,"slot":"luks2","b":true})");
}

TEST(ReportJson, EscapesAndReplacesWhatIsNotUtf8) {
    const Fact fact{.key = "", .value = std::string("\"\\\n\x01\xff\xc3\xa4")};
    EXPECT_EQ(to_json(fact), "\"\\\"\\\\\\n\\u0001\xef\xbf\xbd\xc3\xa4\"");
}

TEST(ReportJson, EmptyObjectsAndArraysStay) {
    const Fact fact{.key = "",
                    .kind = Kind::Object,
                    .children = {{.key = "tokens", .kind = Kind::Object},
                                 {.key = "flags", .kind = Kind::Array}}};
    EXPECT_EQ(to_json(fact), R"({"tokens":{},"flags":[]})");
}

}  // namespace
}  // namespace latchkey
