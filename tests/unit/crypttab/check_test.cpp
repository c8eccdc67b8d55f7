// SPDX-License-Identifier: GPL-2.0-or-later
// What is found in crypttab: findings.txt, and what a text file cannot show.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <set>

#include "latchkey/crypttab.h"
#include "support/images.h"

namespace latchkey::crypttab {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

std::vector<std::string> findings_in(std::string_view text, Readers readers = Readers::Both) {
    const auto file = parse(text);
    EXPECT_TRUE(file) << file.error().message;
    std::vector<std::string> lines;
    for (const Finding& finding : check(*file, readers)) {
        std::string line = std::to_string(finding.line) + ":" + std::to_string(finding.column) + " ";
        line += std::string(name_of(finding.severity)) + " " + std::string(name_of(finding.readers));
        line += " " + std::string(finding.id) + ": " + finding.message;
        if (!finding.suggestion.empty()) line += " -> " + finding.suggestion;
        lines.push_back(std::move(line));
    }
    return lines;
}

struct CrypttabCase {
    std::string name;
    std::string text;
    std::vector<std::string> findings;
};

std::vector<CrypttabCase> recorded_cases() {
    std::vector<CrypttabCase> cases;
    std::ifstream file(test::source_dir() / "tests/unit/crypttab/findings.txt");
    for (std::string line; std::getline(file, line);) {
        if (line.starts_with("== "))
            cases.push_back({line.substr(3), {}, {}});
        else if (line.starts_with("| "))
            cases.back().text += line.substr(2) + "\n";
        else if (!line.empty() && !line.starts_with('#'))
            cases.back().findings.push_back(line);
    }
    return cases;
}

TEST(CrypttabCheck, FindsWhatIsRecorded) {
    const auto cases = recorded_cases();
    ASSERT_GT(cases.size(), 80U);
    for (const CrypttabCase& test : cases)
        EXPECT_EQ(findings_in(test.text), test.findings) << test.name;
}

// A finding that no case shows could break unseen.
TEST(CrypttabCheck, EveryKindOfFindingIsRecorded) {
    std::set<std::string> ids;
    for (const CrypttabCase& test : recorded_cases())
        for (const std::string& finding : test.findings) {
            const std::size_t end = finding.find(": ");
            ids.insert(finding.substr(finding.rfind(' ', end - 1) + 1,
                                      end - finding.rfind(' ', end - 1) - 1));
        }
    EXPECT_EQ(ids, (std::set<std::string>{
                       "backslash", "bad-device", "bad-name", "bad-value", "buries-its-name",
                       "check-never-passes", "cipher-mode", "contradiction", "duplicate-name",
                       "empty-option", "escaped-comma", "fifth-word", "foreign-option",
                       "header-on-device", "headless", "key-is-dash", "key-on-device",
                       "newer-systemd", "no-device", "no-effect", "no-key", "no-type",
                       "not-in-initramfs", "octal-escape", "old-check", "order", "plain-defaults",
                       "plain-is-missing", "plain-not-implied", "random-key", "relative-key-file",
                       "repeated", "swap-and-tmp", "tcrypt-is-missing", "tries-with-key-file",
                       "unknown-option", "unstable-device", "value-missing", "value-not-wanted"}));
}

TEST(CrypttabCheck, SeesCarriageReturns) {
    EXPECT_THAT(findings_in("a UUID=1 none luks\r\n"),
                ElementsAre("1:19 error debian carriage-return: the line ends in a carriage return, "
                            "which becomes part of the last word"));
}

TEST(CrypttabCheck, SeesALineWithoutNewline) {
    EXPECT_THAT(findings_in("a UUID=1 none luks"),
                ElementsAre("1:19 error debian no-newline: the last line has no newline at its end, and is not seen"));
    EXPECT_THAT(findings_in("# nothing"), IsEmpty());
}

TEST(CrypttabCheck, SeesControlCharacters) {
    EXPECT_THAT(findings_in("a UUID=1 /k\x1b luks\n"),
                ElementsAre("1:12 warning both control-character: a control character"));
}

TEST(CrypttabCheck, BoundsNames) {
    const std::string rest = " UUID=1 none luks\n";
    EXPECT_THAT(findings_in(std::string(115, 'n') + rest), IsEmpty());
    EXPECT_THAT(findings_in(std::string(116, 'n') + rest),
                ElementsAre("1:1 error debian bad-name: the name has 116 bytes, more than 115"));
    EXPECT_THAT(findings_in(std::string(128, 'n') + rest, Readers::Systemd),
                ElementsAre("1:1 error systemd bad-name: the name has 128 bytes, more than 127"));
}

TEST(CrypttabCheck, AsksOneReaderAlone) {
    const std::string_view text = "a UUID=1 - luks,nofail,loud\n";
    EXPECT_THAT(findings_in(text, Readers::Systemd),
                ElementsAre(testing::HasSubstr("systemd foreign-option: 'loud'")));
    EXPECT_THAT(findings_in(text, Readers::Debian),
                ElementsAre(testing::HasSubstr("debian key-is-dash"),
                            testing::HasSubstr("debian foreign-option: 'nofail'")));
}

// Time grows with the length of a line, not with its square.
TEST(CrypttabCheck, BearsLinesFullOfOptions) {
    const std::string commas = "a UUID=1 none " + std::string(kMaxLineBytes - 14, ',') + "\n";
    EXPECT_EQ(findings_in(commas).size(), kMaxLineBytes - 14 + 1 + 1);  // and no type
}

}  // namespace
}  // namespace latchkey::crypttab
