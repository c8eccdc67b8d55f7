// SPDX-License-Identifier: GPL-2.0-or-later
// One line, split and decoded by each reader.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "latchkey/crypttab.h"

namespace latchkey::crypttab {
namespace {

using testing::ElementsAre;

Entry entry_of(std::string_view text, Readers reader) {
    const auto file = parse(std::string(text) + "\n");
    EXPECT_TRUE(file);
    return read_entry(file->lines.at(0), reader);
}

// "name=value@column"
std::vector<std::string> options_of(std::string_view text, Readers reader) {
    std::vector<std::string> options;
    for (const Option& option : entry_of(text, reader).options)
        options.push_back(option.name + (option.value ? "=" + *option.value : "") + "@" +
                          std::to_string(option.column) + (option.row == nullptr ? "?" : ""));
    return options;
}

TEST(CrypttabEntry, SystemdKeepsEscapedCommas) {
    EXPECT_THAT(options_of("a b c cipher=x\\,y,luks", Readers::Systemd),
                ElementsAre("cipher=x,y@7", "luks@19"));
    EXPECT_THAT(options_of("a b c cipher=x\\,y,luks", Readers::Debian),
                ElementsAre("cipher=x\\@7", "y@17?", "luks@19"));
}

TEST(CrypttabEntry, DebianDecodesOctal) {
    const std::string_view text = "a\\040b /dev/\\0101 /k\\054 cipher=x\\054y";
    const Entry debian = entry_of(text, Readers::Debian);
    EXPECT_EQ(debian.name.text, "a b");
    EXPECT_EQ(debian.source.text, "/dev/A");
    EXPECT_EQ(debian.key.text, "/k,");
    EXPECT_THAT(options_of(text, Readers::Debian), ElementsAre("cipher=x,y@26"));
    EXPECT_EQ(entry_of(text, Readers::Systemd).name.text, "a\\040b");
    EXPECT_THAT(options_of(text, Readers::Systemd), ElementsAre("cipher=x\\054y@26"));
}

TEST(CrypttabEntry, AFifthWordIsDroppedOrJoinsTheOptions) {
    const std::string_view text = "a b c luks,discard noauto\t";
    EXPECT_THAT(options_of(text, Readers::Systemd), ElementsAre("luks@7", "discard@12"));
    EXPECT_THAT(options_of(text, Readers::Debian), ElementsAre("luks@7", "discard noauto@12?"));
    const Entry systemd = entry_of(text, Readers::Systemd);
    ASSERT_EQ(systemd.dropped.size(), 1U);
    EXPECT_EQ(systemd.dropped[0].text, "noauto");
}

TEST(CrypttabEntry, ACarriageReturnIsALetterOfDebian) {
    EXPECT_THAT(options_of("a b c luks,discard\r", Readers::Debian),
                ElementsAre("luks@7", "discard\r@12?"));
    EXPECT_THAT(options_of("a b c luks,discard \t\r", Readers::Debian),
                ElementsAre("luks@7", "discard \t\r@12?"));
    EXPECT_THAT(options_of("a b c \r", Readers::Debian), ElementsAre("\r@7?"));
    EXPECT_THAT(options_of("a b c luks,discard \r", Readers::Systemd),
                ElementsAre("luks@7", "discard@12"));
    EXPECT_EQ(entry_of("a b c\r", Readers::Debian).key.text, "c\r");
    EXPECT_EQ(entry_of("a b \r", Readers::Debian).key.text, "\r");
}

TEST(CrypttabEntry, EmptyOptionsHaveNoName) {
    EXPECT_THAT(options_of("a b c ,luks,", Readers::Debian), ElementsAre("@7?", "luks@8"));
    EXPECT_THAT(options_of("a b c ,luks,", Readers::Systemd), ElementsAre("@7?", "luks@8", "@13?"));
    EXPECT_THAT(options_of("a b c luks\\", Readers::Systemd), ElementsAre("luks\\@7?"));
}

// systemd compares with the equals sign, Debian without it.
TEST(CrypttabEntry, TheFormCountsForSystemd) {
    EXPECT_THAT(options_of("a b c luks=1,tries,tmp,headless", Readers::Systemd),
                ElementsAre("luks=1@7?", "tries@14?", "tmp@20", "headless@24"));
    EXPECT_THAT(options_of("a b c luks=1,tries,tmp", Readers::Debian),
                ElementsAre("luks=1@7", "tries@14", "tmp@20"));
}

TEST(CrypttabEntry, MissingFieldsStandAtTheEnd) {
    const Entry entry = entry_of("a b", Readers::Systemd);
    EXPECT_EQ(entry.key.text, "");
    EXPECT_EQ(entry.key.column, 4U);
}

TEST(CrypttabEntry, TheLastOneIsFound) {
    const Entry entry = entry_of("a b c key-slot=1,keyslot=2", Readers::Debian);
    ASSERT_NE(entry.find("key-slot"), nullptr);
    EXPECT_EQ(entry.find("key-slot")->value, "2");
    EXPECT_EQ(entry.find("tries"), nullptr);
}

}  // namespace
}  // namespace latchkey::crypttab
