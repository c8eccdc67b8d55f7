// SPDX-License-Identifier: GPL-2.0-or-later
// Findings in crypttab: findings.txt, and cases that a text file cannot show.
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
using testing::UnorderedElementsAre;

std::vector<std::string> findings_in(std::string_view text, Readers readers = Readers::Both) {
    const auto file = parse(text);
    EXPECT_TRUE(file) << file.error().message;
    std::vector<std::string> lines;
    for (const Finding& finding : check(*file, readers)) {
        std::string line =
            std::to_string(finding.line) + ":" + std::to_string(finding.column) + " ";
        line +=
            std::string(name_of(finding.severity)) + " " + std::string(name_of(finding.readers));
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

// A finding without a case could break unnoticed.
TEST(CrypttabCheck, EveryKindOfFindingIsRecorded) {
    std::set<std::string> ids;
    for (const CrypttabCase& test : recorded_cases())
        for (const std::string& finding : test.findings) {
            const std::size_t end = finding.find(": ");
            ids.insert(finding.substr(finding.rfind(' ', end - 1) + 1,
                                      end - finding.rfind(' ', end - 1) - 1));
        }
    EXPECT_EQ(ids, (std::set<std::string>{"backslash",
                                          "bad-device",
                                          "bad-name",
                                          "bad-uuid",
                                          "bad-value",
                                          "blank-in-word",
                                          "buries-its-name",
                                          "check-never-passes",
                                          "cipher-mode",
                                          "circle",
                                          "comma-in-value",
                                          "contradiction",
                                          "duplicate-name",
                                          "empty-option",
                                          "escaped-comma",
                                          "fifth-word",
                                          "foreign-option",
                                          "hash-of-key-file",
                                          "header-is-device",
                                          "header-on-device",
                                          "headless",
                                          "invisible-character",
                                          "key-file-not-copied",
                                          "key-is-dash",
                                          "key-on-device",
                                          "newer-cryptsetup",
                                          "newer-systemd",
                                          "no-device",
                                          "no-effect",
                                          "no-key",
                                          "no-options",
                                          "no-keyslot",
                                          "no-type",
                                          "nofail-prompt",
                                          "not-in-initramfs",
                                          "number-base",
                                          "octal-escape",
                                          "old-check",
                                          "one-device",
                                          "options-as-key",
                                          "order",
                                          "other-programs",
                                          "overwrites-line",
                                          "own-mapping",
                                          "placeholder",
                                          "plain-defaults",
                                          "plain-is-missing",
                                          "plain-not-implied",
                                          "random-key",
                                          "relative-key-file",
                                          "repeated",
                                          "stray-quote",
                                          "swap-and-tmp",
                                          "tcrypt-is-missing",
                                          "tries-with-key-file",
                                          "typographic-quote",
                                          "unknown-hash",
                                          "unknown-option",
                                          "unstable-device",
                                          "value-missing",
                                          "value-not-wanted"}));
}

TEST(CrypttabCheck, SeesCarriageReturns) {
    EXPECT_THAT(
        findings_in("a UUID=1 none luks\r\n"),
        ElementsAre("1:19 error debian carriage-return: the line ends in a carriage return, "
                    "which becomes part of the last word"));
}

// systemd takes it as a blank; Debian's scripts reported for such a line: ignoring unknown option.
TEST(CrypttabCheck, ACarriageReturnIsALetterToDebian) {
    const auto file =
        parse("a /dev/b /k plain,size=512\r\nb /dev/c none swap\r\nc /dev/d none\r\n");
    ASSERT_TRUE(file);
    const auto volume = [&](std::size_t line, Readers reader) {
        return meaning(read_entry(file->lines.at(line), reader));
    };
    EXPECT_TRUE(volume(0, Readers::Debian).skipped);
    EXPECT_FALSE(volume(0, Readers::Systemd).skipped);
    EXPECT_FALSE(volume(1, Readers::Debian).swap);
    EXPECT_TRUE(volume(1, Readers::Systemd).swap);
    EXPECT_EQ(volume(2, Readers::Debian).key_path, "none\r");
}

TEST(CrypttabCheck, SeesALineWithoutNewline) {
    EXPECT_THAT(findings_in("a UUID=1 none luks"),
                ElementsAre("1:19 error debian no-newline: the last line has no newline at its "
                            "end, and is not seen"));
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

// Returns the devices of a system with many names for each.
DeviceLook look_at(const Meaning& volume) {
    const auto identity = [](const std::string& path) -> std::string {
        if (path.starts_with("/dev/sd") || path == "UUID=1") return "8:1";
        if (path == "/dev/link-to-urandom") return "1:9";
        if (path == "/dev/dm-7") return "253:7";
        return {};
    };
    return {.device = identity(volume.source),
            .header = identity(volume.header),
            .key = identity(volume.key_path),
            .mapping = volume.name == "seven" ? "253:7" : "",
            .contents = volume.source == "/dev/sdx" ? "ext4" : "",
            .random_key = volume.key_path == "/dev/link-to-urandom"};
}

std::vector<std::string> seen_in(std::string_view text) {
    std::vector<std::string> lines;
    for (const Finding& finding : check(*parse(text), Readers::Both, &look_at))
        if (finding.severity == Severity::Error)
            lines.push_back(std::to_string(finding.line) + " " + std::string(finding.id) + ": " +
                            finding.message);
    return lines;
}

// A LUKS2 volume with the keyslots 0 and 3, a device of 1000 sectors, and a key file of 64 bytes.
std::vector<std::string> measured_in(const std::string& options, const std::string& key = "none") {
    const auto look = [](const Meaning& volume) {
        DeviceLook seen{.device = "8:1", .device_bytes = 512000, .key_file_bytes = 64};
        if (volume.type == Type::Luks) {
            seen.header_type = "LUKS2";
            seen.keyslots_possible = 32;
            seen.keyslots = {0, 3};
        }
        return seen;
    };
    std::vector<std::string> lines;
    const std::string line = "a /dev/vg/a " + key + " " + options + "\n";
    for (const Finding& finding : check(*parse(line), Readers::Systemd, look))
        if (finding.severity == Severity::Error)
            lines.push_back(std::string(finding.id) + ": " + finding.message);
    return lines;
}

TEST(CrypttabCheck, NumbersFitTheVolume) {
    EXPECT_THAT(measured_in("luks,key-slot=3"), IsEmpty());
    EXPECT_THAT(
        measured_in("luks,key-slot=32"),
        ElementsAre(
            "no-keyslot: LUKS2 has the keyslots 0 to 31, not 32: nothing opens the volume"));
    EXPECT_THAT(
        measured_in("luks,key-slot=4"),
        ElementsAre("no-keyslot: the volume has no keyslot 4 (it has: 0, 3): nothing opens it"));
    EXPECT_THAT(measured_in("luks,keyfile-offset=63", "/k"), IsEmpty());
    EXPECT_THAT(measured_in("luks,keyfile-offset=64", "/k"),
                ElementsAre("outside-key-file: keyfile-offset=64 is not in '/k', which has 64 "
                            "bytes"));
    EXPECT_THAT(measured_in("luks,keyfile-offset=60,keyfile-size=4", "/k"), IsEmpty());
    EXPECT_THAT(measured_in("luks,keyfile-offset=60,keyfile-size=5", "/k"),
                ElementsAre("outside-key-file: keyfile-size=5 is more than the 4 bytes that '/k' "
                            "has for it"));
    const std::string plain = "plain,cipher=aes-xts-plain64,size=512,hash=sha256,";
    EXPECT_THAT(measured_in(plain + "offset=999"), IsEmpty());
    EXPECT_THAT(measured_in(plain + "offset=1000"),
                ElementsAre("outside-device: offset=1000 is not on '/dev/vg/a', which has 1000 "
                            "sectors of 512 bytes"));
    EXPECT_THAT(measured_in(plain + "sector-size=4096"), IsEmpty());
    EXPECT_THAT(measured_in(plain + "sector-size=4096,offset=1").size(), 2U);
    // What is not known is not judged; no header has keyslot 99.
    EXPECT_THAT(findings_in("a UUID=1 none luks,key-slot=31\n"), IsEmpty());
    EXPECT_THAT(findings_in("a UUID=1 none luks,key-slot=99\n"),
                ElementsAre("1:29 error both no-keyslot: LUKS has the keyslots 0 to 31, not 99: "
                            "nothing opens the volume"));
}

TEST(CrypttabCheck, KnowsDevicesByWhateverName) {
    EXPECT_THAT(seen_in("a UUID=1 none luks\nb /dev/sda1 none luks\n"),
                ElementsAre("2 one-device: '/dev/sda1' is also the device of line 1 (a): only one "
                            "of them can be open"));
    EXPECT_THAT(seen_in("a /dev/sda1 /dev/link-to-urandom plain,size=512,cipher=aes-xts-plain64\nb "
                        "UUID=1 none luks\n"),
                ElementsAre("1 overwrites-line: '/dev/sda1' is also the device of line 2 (b), and "
                            "its contents are overwritten"));
    EXPECT_THAT(seen_in("a UUID=1 none luks\nb /dev/sda1 none "
                        "plain,swap,size=512,cipher=aes-xts-plain64,hash=plain\n"),
                ElementsAre("2 overwrites-line: '/dev/sda1' is also the device of line 1 (a), and "
                            "its contents are overwritten"));
    EXPECT_THAT(
        seen_in("a /dev/sdx /dev/urandom plain,swap,size=512,cipher=aes-xts-plain64\n"),
        ElementsAre(
            "1 random-key-over-data: '/dev/sdx' shows ext4, which a random key would destroy"));
    const std::string as_plain = "a /dev/sdx /key plain,size=512,cipher=aes-xts-plain64,hash=plain";
    const std::string of_debian =
        "1 plain-over-data: '/dev/sdx' shows ext4, so that it is not opened as a plain volume";
    EXPECT_THAT(seen_in(as_plain + "\n"), ElementsAre(of_debian));
    EXPECT_THAT(
        seen_in(as_plain + ",swap\n"),
        UnorderedElementsAre("1 plain-over-data: '/dev/sdx' shows ext4, which swap would overwrite",
                             of_debian));
    EXPECT_THAT(
        seen_in(as_plain + ",tmp=ext2\n"),
        UnorderedElementsAre(
            "1 plain-over-data: '/dev/sdx' shows ext4, which tmp=ext2 would overwrite", of_debian));
    // The header gives the start of the data, whatever its name.
    EXPECT_THAT(seen_in("a UUID=1 none luks,header=/dev/sda1\n"), IsEmpty());
    EXPECT_THAT(
        seen_in("seven /dev/dm-7 none luks\n"),
        ElementsAre(
            "1 own-mapping: '/dev/dm-7' is what this line opens: it waits for itself for ever"));
    EXPECT_THAT(
        seen_in("a /dev/sda1 none luks\na UUID=1 none luks\n"),
        ElementsAre(testing::HasSubstr("duplicate-name"), testing::HasSubstr("duplicate-name")));
    // A line that no reader opens is no obstacle for others.
    EXPECT_THAT(seen_in("a UUID=1 none luks\nb /dev/sda1 none plain,offset=1M\n"),
                ElementsAre(testing::HasSubstr("offset"), testing::HasSubstr("offset")));
}

// One decision for all: a refused line has an error, is explained as not opened, and becomes a comment.
TEST(CrypttabCheck, WhatIsRefusedIsRefusedEverywhere) {
    std::size_t refused = 0;
    constexpr std::string_view kValues[] = {
        "", "x", "1M", "0x10", "-1", "/x", "yes", "18446744073709551616", "a/b", "256", "%"};
    std::vector<std::string> lines = {"a /dev/b /k",
                                      "a /dev/b",
                                      "a",
                                      "a/b /dev/c none luks",
                                      "a /dev/b /dev/urandom swap,tmp",
                                      "a /dev/b /dev/urandom luks",
                                      "a /dev/mapper/a none luks",
                                      "a /dev/b /dev/mapper/a luks",
                                      "a /dev/b none luks,header=/dev/mapper/a",
                                      std::string(127, 'n') + " /dev/b none luks",
                                      std::string(128, 'n') + " /dev/b none luks",
                                      "control /dev/b none luks"};
    for (const OptionRow& row : options())
        for (const std::string_view type : {"luks", "plain", "tcrypt", "bitlk"})
            for (const std::string_view key : {"none", "/k", "/dev/urandom", "/k:LABEL=x"})
                for (const std::string_view value : kValues)
                    lines.push_back("a /dev/b " + std::string(key) + " " + std::string(type) + "," +
                                    std::string(row.name) + "=" + std::string(value));
    for (const std::string& line : lines)
        for (const Readers reader : {Readers::Systemd, Readers::Debian}) {
            const auto file = parse(line + "\n");
            ASSERT_TRUE(file);
            const Meaning volume = meaning(read_entry(file->lines.at(0), reader));
            EXPECT_EQ(volume.skipped, !volume.refusal.empty()) << line;
            const std::string said =
                explain(file->lines.at(0), reader).accounts.at(0).sentences.at(0);
            EXPECT_EQ(said.starts_with("It is not opened: "), volume.skipped)
                << line << ": " << said;
            const auto other = reader == Readers::Systemd ? Readers::Debian : Readers::Systemd;
            const std::string converted = convert(*file, other).text;
            EXPECT_EQ(converted.starts_with("# not opened: "), volume.skipped) << converted;
            if (!volume.skipped) continue;
            ++refused;
            bool error = false;
            for (const Finding& finding : check(*file, reader))
                error = error || finding.severity == Severity::Error;
            EXPECT_TRUE(error) << line << ": " << volume.refusal;
        }
    EXPECT_GT(refused, 500U);
}

TEST(CrypttabCheck, AsksOneReaderAlone) {
    const std::string_view text = "a UUID=1 - luks,nofail,loud\n";
    EXPECT_THAT(findings_in(text, Readers::Systemd),
                ElementsAre(testing::HasSubstr("systemd nofail-prompt"),
                            testing::HasSubstr("systemd foreign-option: 'loud'")));
    EXPECT_THAT(findings_in(text, Readers::Debian),
                ElementsAre(testing::HasSubstr("debian key-is-dash"),
                            testing::HasSubstr("debian foreign-option: 'nofail'")));
}

// Only a reader that is used on the system counts.
TEST(CrypttabCheck, WhatAnotherSystemWouldSayIsANote) {
    const auto file = parse("a UUID=1 - luks,nofail\nb UUID=2 none luks,tries=x\n");
    ASSERT_TRUE(file);
    const auto worst = [&](Readers counting) {
        std::vector<std::string> said;
        for (const Finding& finding : check(*file, Readers::Both, {}, counting))
            if (finding.severity != Severity::Note)
                said.push_back(std::string(name_of(finding.severity)) + " " +
                               std::string(finding.id));
        return said;
    };
    EXPECT_THAT(worst(Readers::Both),
                ElementsAre("error key-is-dash", "warning bad-value", "error bad-value"));
    EXPECT_THAT(worst(Readers::Systemd), ElementsAre("warning bad-value"));
    EXPECT_THAT(worst(Readers::Debian), ElementsAre("error key-is-dash", "error bad-value"));
    EXPECT_EQ(check(*file, Readers::Both, {}, Readers::Systemd).size(),
              check(*file, Readers::Both).size());
}

TEST(CrypttabCheck, KnowsWhichReadersAreInstalled) {
    const auto with = [](std::set<std::string> files) {
        return installed_readers([&](const char* path) { return files.contains(path); });
    };
    EXPECT_EQ(with({}), Readers::None);
    EXPECT_EQ(with({"/usr/lib/systemd/system-generators/systemd-cryptsetup-generator"}),
              Readers::Systemd);
    EXPECT_EQ(with({"/lib/cryptsetup/cryptdisks-functions"}), Readers::Debian);
    EXPECT_EQ(with({"/usr/bin/systemd-cryptsetup", "/usr/share/initramfs-tools/hooks/cryptroot"}),
              Readers::Both);
}

// The time grows linearly with the length of a line.
TEST(CrypttabCheck, BearsLinesFullOfOptions) {
    const std::string commas = "a UUID=1 none " + std::string(kMaxLineBytes - 14, ',') + "\n";
    EXPECT_EQ(findings_in(commas).size(), kMaxLineBytes - 14 + 1 + 1);  // and no type
}

}  // namespace
}  // namespace latchkey::crypttab
