// SPDX-License-Identifier: GPL-2.0-or-later
// The expected texts are those that cryptsetup 2.6.1 wrote into a header for a token with this text.
#include "luks2/json_text.h"

#include "samples.h"

namespace latchkey::luks2 {
namespace {

using test::refusal;

struct Case {
    std::string read;
    std::string written;
};

// One name for each case, in order.
constexpr const char* kNames[] = {"ControlCharacters",
                                  "BeyondAscii",
                                  "Nul",
                                  "NoUtf8",
                                  "OverlongUtf8",
                                  "SurrogatesInUtf8",
                                  "Latin1InANameAndAValue",
                                  "StandIn",
                                  "StandInBesideNoUtf8",
                                  "StandInAsSurrogates",
                                  "MinusZero",
                                  "MinusFive",
                                  "Greatest",
                                  "TwoToThe63",
                                  "Fraction",
                                  "Words",
                                  "EmptyArray",
                                  "EmptyObject",
                                  "EmptyName",
                                  "OrderOfMembers",
                                  "TwoMembersOfOneName"};

class Luks2JsonText : public testing::TestWithParam<Case> {};

TEST_P(Luks2JsonText, IsWrittenAsTheReferenceWritesIt) {
    const auto value = parse_json(GetParam().read);
    ASSERT_TRUE(value) << value.error().message;
    EXPECT_EQ(json_to_text(*value), GetParam().written);
    // The written text is read as the same value.
    const auto again = parse_json(json_to_text(*value));
    ASSERT_TRUE(again) << again.error().message;
    EXPECT_EQ(*again, *value);
}

INSTANTIATE_TEST_SUITE_P(
    All, Luks2JsonText,
    testing::Values(Case{R"("\u0001\u001f\u007f)"
                         "\x7f"
                         R"(\b\f\n\r\t\/\\\"")",
                         R"("\u0001\u001f)"
                         "\x7f\x7f"
                         R"(\b\f\n\r\t/\\\"")"},
                    Case{R"("\u00fc\u20ac\ud83d\ude00")",
                         "\"\xc3\xbc\xe2\x82\xac\xf0\x9f\x98\x80\""},
                    Case{R"("\u0000a")", R"("\u0000a")"},
                    // Not UTF-8: kept unchanged.
                    Case{"\"\xff\xfe\"", "\"\xff\xfe\""}, Case{"\"\xc0\x80\"", "\"\xc0\x80\""},
                    Case{"\"\xed\xa0\x80 \xf4\x90\x80\x80 \xe2\x82\"",
                         "\"\xed\xa0\x80 \xf4\x90\x80\x80 \xe2\x82\""},
                    Case{"{\"b\xfcro\":\"\xe4\"}", "{\"b\xfcro\":\"\xe4\"}"},
                    // The code points that represent such bytes while nlohmann's lexer runs.
                    Case{"\"\xf4\x8f\xbe\x80\"", "\"\xf4\x8f\xbe\x80\""},
                    Case{"\"\xff\xf4\x8f\xbf\xbf\"", "\"\xff\xf4\x8f\xbf\xbf\""},
                    Case{R"("\udbff\udf80")", "\"\xf4\x8f\xbe\x80\""}, Case{"-0", "0"},
                    Case{"-5", "-5"}, Case{"18446744073709551615", "18446744073709551615"},
                    Case{"9223372036854775808", "9223372036854775808"}, Case{"1.5", "1.5"},
                    Case{" [ null , true , false ] ", "[null,true,false]"}, Case{"[]", "[]"},
                    Case{"{}", "{}"}, Case{R"({"":1})", R"({"":1})"},
                    Case{R"({"z":1,"a":{"y":2,"b":3}})", R"({"z":1,"a":{"y":2,"b":3}})"},
                    // Of two members with the same name the last counts, in the place of the first.
                    Case{R"({"b":1,"c":2,"b":3})", R"({"b":3,"c":2})"}),
    [](const auto& test) { return std::string(kNames[test.index]); });

TEST(Luks2JsonText, KeepsTheValueOfFractions) {
    EXPECT_EQ(json_to_text(*parse_json("[1.50,1e3]")), "[1.5,1000.0]");
}

TEST(Luks2JsonText, IsIndentedAsTheReferenceDoes) {
    EXPECT_EQ(json_to_pretty_text(*parse_json(R"({"a":{"b":["0","1"],"z":[]},"e":{},"n":1})")),
              "{\n"
              "  \"a\":{\n"
              "    \"b\":[\n"
              "      \"0\",\n"
              "      \"1\"\n"
              "    ],\n"
              "    \"z\":[\n"
              "    ]\n"
              "  },\n"
              "  \"e\":{\n"
              "  },\n"
              "  \"n\":1\n"
              "}");
}

TEST(Luks2JsonText, RefusesWhatIsNotJson) {
    for (const char* text : {"",     " ",      "{",     "[1,]",     "{\"a\":1,}",   "'a'",
                             "\"a",  "/*x*/1", "NaN",   "TRUE",     "01",           "1.",
                             ".5",   "+1",     "0x1",   "\"a\tb\"", "\"\\x\"",      "\"\\ud800\"",
                             "{}{}", "{}x",    "1e999", "\xff",     "{\"a\"\xff:1}"})
        EXPECT_TRUE(refusal(parse_json(text)).starts_with("JSON: syntax error at byte ")) << text;
    EXPECT_EQ(refusal(parse_json("{\"a\":1,x}")), "JSON: syntax error at byte 8");
}

TEST(Luks2JsonText, IsNestedAsDeepAsTheReferenceAllows) {
    const auto nested = [](std::size_t depth, const std::string& core) {
        return std::string(depth, '[') + core + std::string(depth, ']');
    };
    EXPECT_TRUE(parse_json(nested(32, "")));
    EXPECT_TRUE(parse_json(nested(31, "1")));
    EXPECT_EQ(refusal(parse_json(nested(33, ""))), "JSON: nested more than 31 deep");
    EXPECT_EQ(refusal(parse_json(nested(32, "1"))), "JSON: nested more than 31 deep");
    EXPECT_EQ(refusal(parse_json(std::string(1'000'000, '['))), "JSON: nested more than 31 deep");
    std::string objects;
    for (int i = 0; i < 100'000; ++i) objects += "{\"a\":";
    EXPECT_EQ(refusal(parse_json(objects)), "JSON: nested more than 31 deep");
}

TEST(Luks2JsonText, BoundsTheMembersOfAnObject) {
    const auto members = [](int count) {
        std::string text = "{";
        for (int i = 0; i < count; ++i) text += (i > 0 ? ",\"" : "\"") + std::to_string(i) + "\":0";
        return text + "}";
    };
    EXPECT_TRUE(parse_json(members(1024)));
    EXPECT_EQ(refusal(parse_json(members(1025))), "JSON: an object has more than 1024 members");
    EXPECT_EQ(refusal(parse_json(members(400'000))), "JSON: an object has more than 1024 members");
}

}  // namespace
}  // namespace latchkey::luks2
