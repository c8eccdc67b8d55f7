// SPDX-License-Identifier: GPL-2.0-or-later
// Explanations of lines.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "latchkey/crypttab.h"

namespace latchkey::crypttab {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

Explanation explanation_of(std::string_view text, Readers readers = Readers::Both) {
    const auto file = parse(std::string(text) + "\n");
    EXPECT_TRUE(file);
    return explain(file->lines.at(0), readers);
}
std::vector<std::string> told(std::string_view text, Readers reader) {
    return explanation_of(text, reader).accounts.at(0).sentences;
}
std::vector<std::string> told_systemd(std::string_view text) {
    return told(text, Readers::Systemd);
}
std::vector<std::string> told_debian(std::string_view text) {
    return told(text, Readers::Debian);
}

TEST(CrypttabExplain, AUnitIsNamedAsSystemdDoes) {
    EXPECT_THAT(told_systemd("my-data UUID=1 none luks"),
                Contains("systemd-cryptsetup@my\\x2ddata.service opens it as LUKS."));
    EXPECT_THAT(
        told_systemd(".x_y UUID=1 none tcrypt"),
        Contains("systemd-cryptsetup@\\x2ex_y.service opens it as TrueCrypt or VeraCrypt."));
}

TEST(CrypttabExplain, SystemdSaysWhoWhenHowOftenAndWhatThen) {
    EXPECT_THAT(
        told_systemd("a UUID=1 none luks,timeout=90,nofail"),
        ElementsAre(
            "systemd-cryptsetup@a.service opens it as LUKS.",
            "At boot, for cryptsetup.target, beside all other lines; the device is waited for 90s.",
            "It looks for /etc/cryptsetup-keys.d/a.key, then /run/cryptsetup-keys.d/a.key, then "
            "for "
            "LUKS2 tokens.",
            "Then it asks for the passphrase.", "A question waits 90.",
            "It tries 3 times in all, key files and answers alike.",
            "If it fails, the boot goes on; the boot does not wait for it either.",
            "The question comes while the boot goes on: a login may take the console away from it.",
            "luks: LUKS1 or LUKS2; cipher, hash and size come from the header.",
            "timeout=90: how long a question waits; default and 0: for ever.",
            "nofail: the boot neither needs it nor waits for it."));
}

TEST(CrypttabExplain, DebianSaysWhoWhenHowOftenAndWhatThen) {
    EXPECT_THAT(
        told_debian("a UUID=1 /k luks,noauto"),
        ElementsAre(
            "Only 'cryptdisks_start a' opens it, as LUKS; at boot it is left alone, unless it is "
            "below "
            "/, /usr or the resume device.",
            "Where systemd runs, the init scripts are masked and 'cryptdisks_start a' works by "
            "hand.",
            "A missing device is not waited for.", "The key is the file /k, to its last byte.",
            "It tries once, and never asks.",
            "If it fails, the mapping is left out and the boot goes on; for the root file system a "
            "shell "
            "in the initramfs is what remains.",
            "luks: LUKS1 or LUKS2; cipher, hash, size, offset and skip are dropped.",
            "noauto: not opened at boot, only by cryptdisks_start; ignored in the initramfs."));
}

TEST(CrypttabExplain, KeySourcesAreNamed) {
    EXPECT_THAT(
        told_systemd("a b /k:LABEL=x luks"),
        Contains("The key is the file /k on LABEL=x, which is mounted read-only for that."));
    EXPECT_THAT(told_systemd("a b /dev/urandom swap"),
                Contains(HasSubstr("The key is random, from /dev/urandom")));
    EXPECT_THAT(told_systemd("a b none luks,headless,tpm2-device=auto"),
                Contains("It never asks."));
    EXPECT_THAT(told_systemd("a b none luks,headless,tpm2-device=auto"),
                Contains("First it tries the token: tpm2."));
    EXPECT_THAT(told_systemd("a b none luks,headless"),
                Not(Contains("Then it asks for the passphrase.")));
    EXPECT_THAT(told_debian("a b - luks"),
                Contains("The key is read from standard input, where there is nothing."));
    EXPECT_THAT(told_debian("a b x luks,keyscript=/bin/k"),
                Contains("The key is what the program /bin/k prints, called with 'x'."));
}

TEST(CrypttabExplain, TrapsOfTheBootAreTold) {
    EXPECT_THAT(told_systemd("a UUID=1 none luks,nofail"),
                Contains("The question comes while the boot goes on: a login may take the console "
                         "away from it."));
    EXPECT_THAT(told_systemd("a UUID=1 /k luks,nofail"), Not(Contains(HasSubstr("console"))));
    EXPECT_THAT(told_debian("a UUID=1 /k luks,initramfs"), Contains(HasSubstr("KEYFILE_PATTERN")));
    EXPECT_THAT(told_debian("a UUID=1 none luks,initramfs"),
                Not(Contains(HasSubstr("KEYFILE_PATTERN"))));
    EXPECT_THAT(told_systemd("root UUID=1 none luks"), Contains(HasSubstr("as with x-initrd.att")));
    EXPECT_THAT(told_systemd("roof UUID=1 none luks"),
                Not(Contains(HasSubstr("as with x-initrd.att"))));
}

TEST(CrypttabExplain, WordsForOthersAreNotUnknown) {
    for (const std::string_view line : {"a UUID=1 none -", "a UUID=1 none none"}) {
        EXPECT_THAT(told_systemd(line), Not(Contains(HasSubstr("unknown")))) << line;
        EXPECT_THAT(told_debian(line), Not(Contains(HasSubstr("unknown")))) << line;
    }
    EXPECT_THAT(told_systemd("a UUID=1 none luks,x-udisks-auth"),
                Contains("x-udisks-auth: for other programs, ignored with a message."));
    EXPECT_THAT(explanation_of("a UUID=1 /k luks,keyscript=/bin/cat").differences,
                Not(Contains(HasSubstr("comes from elsewhere"))));
}

TEST(CrypttabExplain, LinesThatNobodyOpensSayWhy) {
    EXPECT_THAT(told_systemd("a"), ElementsAre("It is not opened: the device is missing."));
    EXPECT_THAT(
        told_systemd("a b /dev/urandom swap,tmp"),
        Contains("It is not opened: swap and tmp exclude each other, and no unit is made."));
    EXPECT_THAT(
        told_debian("a b"),
        ElementsAre("It is not opened: the third field is missing, and the line is skipped."));
    EXPECT_THAT(told_debian("a b /dev/urandom luks"),
                Contains("It is not opened: a random key does not go with LUKS."));
    EXPECT_THAT(
        told_debian("a b none luks,tries=x"),
        ElementsAre("It is not opened: 'tries' needs a number, not 'x': the line is skipped."));
    EXPECT_THAT(
        told_systemd("a b /dev/urandom swap,offset=1M"),
        ElementsAre("It is not opened: 'offset' needs a number, not '1M': the unit fails."));
}

TEST(CrypttabExplain, AKeyFileThatIsHashedIsNoKeyFile) {
    const std::string_view hashed = "a b /k plain,cipher=aes-xts-plain64,size=512,hash=sha512";
    EXPECT_THAT(
        told_systemd(hashed),
        Contains("The key is the hash sha512 of the file /k, of its first 64 bytes at most."));
    EXPECT_THAT(told_debian(hashed), Contains("The key is the file /k, to its last byte."));
    EXPECT_THAT(explanation_of(hashed).differences,
                Contains("systemd hashes the key file with sha512, Debian's scripts take it as it "
                         "is: the keys differ."));
    const std::string_view plain = "a b /k plain,cipher=aes-xts-plain64,size=512,hash=plain";
    EXPECT_THAT(told_systemd(plain), Contains("The key is the file /k, its first 64 bytes."));
    EXPECT_THAT(explanation_of(plain).differences, Not(Contains(HasSubstr("keys differ"))));
}

TEST(CrypttabExplain, DifferencesAreToldOfBothAlone) {
    EXPECT_THAT(explanation_of("a b none luks", Readers::Systemd).differences, IsEmpty());
    EXPECT_THAT(explanation_of("a b none luks,noauto").differences, IsEmpty());
    EXPECT_THAT(explanation_of("a b").differences, ElementsAre("Only systemd opens it."));
}

TEST(CrypttabExplain, DifferencesOfOneLine) {
    EXPECT_THAT(
        explanation_of("a b /k luks,keyscript=/s,tries=5,timeout=9").differences,
        ElementsAre(
            "The key comes from elsewhere: file with systemd, script with Debian's scripts.",
            "A missing device holds systemd's boot up, Debian's scripts go on without it.",
            "Only systemd knows timeout=9.", "Only debian knows keyscript=/s."));
    EXPECT_THAT(
        explanation_of("a b /k plain,noauto,tries=5").differences,
        ElementsAre("systemd tries 5 times, Debian's scripts 1 (0 is for ever).",
                    "When the key file does not fit, systemd asks, and Debian's scripts give up.",
                    "The defaults of plain dm-crypt differ: what one of them wrote the other may "
                    "not read."));
    EXPECT_THAT(explanation_of("a b /dev/urandom swap,nofail").differences,
                Contains("systemd reads it as plain dm-crypt, Debian's scripts as what its "
                         "header says, or plain "
                         "dm-crypt if it has none."));
    EXPECT_THAT(
        explanation_of("a\\040b c none luks,noauto").differences,
        ElementsAre("Name or device are read differently: 'a\\040b' on 'c', and 'a b' on 'c'."));
}

}  // namespace
}  // namespace latchkey::crypttab
