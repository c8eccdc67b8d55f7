// SPDX-License-Identifier: GPL-2.0-or-later
// Lines in the other reader's spelling, and the losses.
#include <gtest/gtest.h>

#include "latchkey/crypttab.h"

namespace latchkey::crypttab {
namespace {

struct Converted {
    std::string text;
    std::string losses;  // "column message", with "! " before important ones; one line each
};
Converted converted(std::string_view text, Readers to) {
    const auto file = parse(text);
    EXPECT_TRUE(file);
    const Conversion conversion = convert(*file, to, PeerRelease::V2_6);
    Converted result{conversion.text, {}};
    for (const Loss& loss : conversion.losses)
        result.losses += std::string(loss.matters ? "! " : "") + std::to_string(loss.line) + ":" +
                         std::to_string(loss.column) + " " + loss.message + "\n";
    return result;
}

struct ConversionCase {
    std::string name;
    Readers to;
    std::string from;
    std::string text;
    std::string losses;
};

class CrypttabConvert : public testing::TestWithParam<ConversionCase> {};

// A line of Debian 13 means its cryptsetup's defaults, and systemd has others.
TEST(CrypttabConvertDefaults, AreThoseOfTheReleaseThatReadTheLine) {
    const auto text = [](const char* line, PeerRelease release) {
        return convert(*parse(line), Readers::Systemd, release).text;
    };
    EXPECT_EQ(text("a /dev/x none plain\n", PeerRelease::V2_6),
              "a /dev/x none plain,cipher=aes-cbc-essiv:sha256,size=256,hash=ripemd160\n");
    EXPECT_EQ(text("a /dev/x none plain\n", PeerRelease::V2_7),
              "a /dev/x none plain,cipher=aes-xts-plain64,size=256,hash=sha256\n");
    EXPECT_EQ(text("a /dev/x /k plain\n", PeerRelease::V2_7),
              "a /dev/x /k plain,cipher=aes-xts-plain64,size=256\n");
    EXPECT_EQ(text("a /dev/x /k plain,cipher=a-b,size=256,keyscript=/bin/cat\n", PeerRelease::V2_7),
              "a /dev/x /k plain,cipher=a-b,size=256,hash=sha256\n");
    EXPECT_EQ(text("a /dev/x /dev/urandom plain\n", PeerRelease::V2_7),
              "a /dev/x /dev/urandom plain\n");
}

TEST_P(CrypttabConvert, SaysWhatItCanAndWhatIsLost) {
    const auto [text, losses] = converted(GetParam().from, GetParam().to);
    EXPECT_EQ(text, GetParam().text);
    EXPECT_EQ(losses, GetParam().losses);
}

constexpr Readers kToSystemd = Readers::Systemd;
constexpr Readers kToDebian = Readers::Debian;
const std::string kNoKeysFolder =
    " Debian's scripts do not look for /etc/cryptsetup-keys.d/NAME.key\n";

INSTANTIATE_TEST_SUITE_P(
    All, CrypttabConvert,
    testing::Values(
        ConversionCase{"LayoutStays", kToSystemd,
                       "# name\n\n\ta   UUID=1\tnone  luks,discard\n# end\n",
                       "# name\n\n\ta   UUID=1\tnone  luks,discard\n# end\n", ""},
        ConversionCase{"OptionsStandBehindTheLine", kToDebian, "a UUID=1\n", "a UUID=1 none luks\n",
                       "1:9" + kNoKeysFolder},
        ConversionCase{"DashIsNone", kToDebian, "a UUID=1 - luks\n", "a UUID=1 none luks\n",
                       "1:10" + kNoKeysFolder},
        ConversionCase{"DefaultsOfPlainAreSaid", kToDebian, "a /dev/x none plain\n",
                       "a /dev/x none plain,cipher=aes-cbc-essiv:sha256,size=256,hash=ripemd160\n",
                       "1:10" + kNoKeysFolder},
        ConversionCase{"OddSizeIsBytes", kToDebian,
                       "a /dev/x /dev/urandom swap,cipher=aes,size=100\n",
                       "a /dev/x /dev/urandom plain,swap,cipher=aes-plain,size=800\n", ""},
        ConversionCase{
            "CommasChangeTheirEscape", kToDebian,
            "a /dev/x /dev/urandom plain,cipher=xchacha12\\,aes-adiantum-plain64\n",
            "a /dev/x /dev/urandom plain,cipher=xchacha12\\054aes-adiantum-plain64,size=256\n", ""},
        ConversionCase{
            "AndBack", kToSystemd,
            "a /dev/x /dev/urandom plain,cipher=xchacha12\\054aes-adiantum-plain64,size=256\n",
            "a /dev/x /dev/urandom plain,cipher=xchacha12\\,aes-adiantum-plain64,size=256\n", ""},
        ConversionCase{"OptionsOfDesktopsStay", kToDebian,
                       "a UUID=1 none luks,x-udisks-auth,comment=mine\n",
                       "a UUID=1 none luks,x-udisks-auth,comment=mine\n", "1:10" + kNoKeysFolder},
        ConversionCase{"OptionsOfDesktopsStayThere", kToSystemd,
                       "a UUID=1 none luks,x-udisks-auth\n", "a UUID=1 none luks,x-udisks-auth\n",
                       ""},
        ConversionCase{"WhatTheNewReaderRefusesIsNotKept", kToDebian,
                       "a UUID=1 /k luks,tries,plain=yes,keyscript\n", "a UUID=1 /k luks\n",
                       "1:10 when the key file does not fit, Debian's scripts do not ask\n"
                       "1:18 'tries' had no effect with systemd and is left out\n"
                       "1:24 'plain=yes' had no effect with systemd and is left out\n"
                       "1:34 'keyscript' had no effect with systemd and is left out\n"},
        ConversionCase{"WhatFailsTheUnitIsNotKept", kToSystemd,
                       "a UUID=1 none luks,tpm2-pcrs=99,nofail\n", "a UUID=1 none luks,nofail\n",
                       "1:20 'tpm2-pcrs=99' had no effect with Debian's scripts and is left out\n"
                       "1:33 'nofail' had no effect with Debian's scripts and is kept\n"},
        ConversionCase{"NoOptionsAreNone", kToDebian, "a UUID=1 - -\n", "a UUID=1 none luks\n",
                       "1:10" + kNoKeysFolder},
        ConversionCase{"ALabelMayHaveBlanks", kToSystemd, "a LABEL=My\\040Disk none luks\n",
                       "a /dev/disk/by-label/My\\x20Disk none luks\n", ""},
        ConversionCase{
            "KeyBehindTheLastColon", kToDebian, "a UUID=1 /k:x:/dev/vg/stick luks\n",
            "# a UUID=1 /k:x:/dev/vg/stick luks\n",
            "! 1:10 passdev reads the ':' in '/k:x:/dev/vg/stick' as the end of the path: "
            "the line becomes a comment\n"},
        ConversionCase{"KeyOnADevice", kToDebian,
                       "a UUID=1 /k:LABEL=stick luks,keyfile-timeout=1min\n",
                       "a UUID=1 /dev/disk/by-label/stick:/k:60 luks,keyscript=passdev\n", ""},
        ConversionCase{"Passdev", kToSystemd,
                       "a UUID=1 /dev/disk/by-label/stick:/k:60 luks,keyscript=passdev\n",
                       "a UUID=1 /k:/dev/disk/by-label/stick luks,keyfile-timeout=60\n", ""},
        ConversionCase{"NoFailGoesWithoutSaying", kToDebian, "a UUID=1 /k luks,nofail,_netdev\n",
                       "a UUID=1 /k luks\n",
                       "1:10 when the key file does not fit, Debian's scripts do not ask\n"
                       "1:18 Debian's scripts go on without a volume anyway: nofail\n"
                       "1:25 Debian's scripts have no '_netdev'\n"},
        ConversionCase{
            "TokensAreLost", kToDebian, "a UUID=1 none luks,tpm2-device=auto\n",
            "a UUID=1 none luks\n",
            "1:10" + kNoKeysFolder + "! 1:20 Debian's scripts have no 'tpm2-device=auto'\n"},
        ConversionCase{"UndoneOptionsAreGone", kToDebian,
                       "a UUID=1 none luks,noauto,auto,nofail,fail\n", "a UUID=1 none luks\n",
                       "1:10" + kNoKeysFolder +
                           "1:32 Debian's scripts go on without a volume anyway: nofail\n"},
        ConversionCase{"ImpliedTypesAreSaid", kToDebian,
                       "a UUID=1 /k header=/h\nb UUID=2 none veracrypt\n",
                       "a UUID=1 /k luks,header=/h\nb UUID=2 none tcrypt,veracrypt\n",
                       "1:10 when the key file does not fit, Debian's scripts do not ask\n2:10" +
                           kNoKeysFolder},
        ConversionCase{"RelativeKeyIsNone", kToDebian, "a UUID=1 key luks,allow-discards\n",
                       "a UUID=1 none luks,discard\n",
                       "1:10 systemd ignored the key file 'key': none\n1:10" + kNoKeysFolder},
        ConversionCase{"LinesWithoutEffect", kToDebian, "a /dev/x /dev/urandom swap,tmp\n",
                       "# not opened: swap and tmp exclude each other, and no unit is made\n"
                       "# a /dev/x /dev/urandom swap,tmp\n",
                       "1:1 the line was not opened, and becomes a comment: swap and tmp exclude "
                       "each other, and no unit "
                       "is made\n"},
        ConversionCase{"TheUnitFails", kToDebian,
                       "a /dev/x /dev/urandom swap,cipher=aes-xts-plain64,size=256,offset=1M\n",
                       "# not opened: 'offset' needs a number, not '1M': the unit fails\n"
                       "# a /dev/x /dev/urandom swap,cipher=aes-xts-plain64,size=256,offset=1M\n",
                       "1:1 the line was not opened, and becomes a comment: 'offset' needs a "
                       "number, not '1M': the unit "
                       "fails\n"},
        ConversionCase{"ARefusedValueDoesNotBeginALine", kToSystemd,
                       "a /dev/x /k plain,size=1\\012b\\040/dev/y\r\n",
                       "# not opened: 'size' needs bits, a multiple of 8, not '1\\x0ab "
                       "/dev/y\\x0d': the line is "
                       "skipped\n"
                       "# a /dev/x /k plain,size=1\\012b\\040/dev/y\n",
                       "1:1 the line was not opened, and becomes a comment: 'size' needs bits, a "
                       "multiple of 8, not '1\nb "
                       "/dev/y\r': the line is skipped\n"},
        ConversionCase{
            "NumbersAreWrittenForBoth", kToDebian,
            "a /dev/x /dev/urandom swap,cipher=aes-xts-plain64,size=0400,offset=0x10,skip=020\n",
            "a /dev/x /dev/urandom plain,swap,cipher=aes-xts-plain64,size=256,offset=16,skip=16\n",
            ""},
        ConversionCase{"NumbersOfDebian", kToSystemd,
                       "a /dev/x /dev/urandom plain,cipher=aes-xts-plain64,size=0256,skip=020\n",
                       "a /dev/x /dev/urandom plain,cipher=aes-xts-plain64,size=256,skip=20\n", ""},
        ConversionCase{
            "HashedKeyFile", kToDebian,
            "a /dev/x /k plain,cipher=aes-xts-plain64,size=512,hash=sha512\n",
            "a /dev/x /k plain,cipher=aes-xts-plain64,size=512,hash=sha512,keyscript=/bin/cat\n",
            "! 1:10 systemd hashes no more than 64 bytes of the key file, Debian's scripts all of "
            "it\n"},
        ConversionCase{
            "HashedKeyFileWithAnOffset", kToDebian,
            "a /dev/x /k plain,cipher=aes-xts-plain64,size=512,hash=sha512,keyfile-offset=1\n",
            "# a /dev/x /k plain,cipher=aes-xts-plain64,size=512,hash=sha512,keyfile-offset=1\n",
            "! 1:10 Debian's scripts cannot leave bytes of such a key file out: the line becomes a "
            "comment\n"},
        ConversionCase{"KeyFileThatDebianDoesNotHash", kToSystemd,
                       "a /dev/x /k plain,cipher=aes-xts-plain64,size=512,hash=sha512\n",
                       "a /dev/x /k plain,cipher=aes-xts-plain64,size=512\n",
                       "1:10 when the key file does not fit, systemd asks\n"
                       "1:51 'hash=sha512' had no effect with a key file, and systemd would hash "
                       "it: left out\n"},
        ConversionCase{
            "CatIsAKeyFile", kToSystemd,
            "a UUID=1 /k luks,keyscript=/bin/cat\n"
            "b /dev/x /k plain,cipher=aes-xts-plain64,size=512,hash=sha512,keyscript=/bin/cat\n",
            "a UUID=1 /k luks\nb /dev/x /k plain,cipher=aes-xts-plain64,size=512,hash=sha512\n",
            "! 2:10 Debian's scripts hash all of the key file, systemd no more than 64 bytes\n"},
        ConversionCase{"FifthWord", kToDebian,
                       "a UUID=1 /dev/urandom plain,size=512,cipher=aes-xts-plain64 # x\n",
                       "a UUID=1 /dev/urandom plain,size=512,cipher=aes-xts-plain64\n",
                       "1:61 systemd did not read '#' and what follows: left out\n"},
        ConversionCase{"HeaderOnADevice", kToDebian, "a UUID=1 /k luks,header=/h:/dev/x\n",
                       "a UUID=1 /k luks,header=/h:/dev/x\n",
                       "1:10 when the key file does not fit, Debian's scripts do not ask\n"
                       "! 1:18 Debian's scripts mount no device for 'header=/h:/dev/x'\n"},
        ConversionCase{"RandomKeyOfLuks", kToDebian, "a UUID=1 /dev/urandom luks\n",
                       "a UUID=1 /dev/urandom luks\n",
                       "! 1:10 Debian's scripts refuse a random key for type luks\n"},
        ConversionCase{"BadValues", kToDebian, "a UUID=1 none luks,tries=many,key-slot=1\n",
                       "a UUID=1 none luks,key-slot=1\n",
                       "1:10" + kNoKeysFolder +
                           "1:20 'tries=many' has a value that Debian's scripts refuse\n"},
        ConversionCase{"InitrdAttach", kToDebian, "a UUID=1 none luks,x-initrd.attach,initramfs\n",
                       "a UUID=1 none luks,initramfs\n",
                       "1:10" + kNoKeysFolder +
                           "1:20 'x-initrd.attach' becomes initramfs\n"
                           "1:36 'initramfs' had no effect with systemd and is kept\n"},
        ConversionCase{"KeyScriptsAreLost", kToSystemd, "a UUID=1 x luks,keyscript=/bin/k,check\n",
                       "a UUID=1 none luks\n",
                       "! 1:17 systemd has no key scripts: it asks where '/bin/k' gave the key\n"
                       "! 1:34 systemd has no 'check'\n"},
        ConversionCase{"KeyctlIsNotMissed", kToSystemd,
                       "a UUID=1 x luks,keyscript=decrypt_keyctl\n", "a UUID=1 none luks\n",
                       "1:17 systemd shares passphrases without decrypt_keyctl\n"},
        ConversionCase{"StandardInput", kToSystemd, "a UUID=1 - luks\n", "a UUID=1 none luks\n",
                       "! 1:10 the key came from standard input: systemd asks\n"},
        ConversionCase{"GuessedTypes", kToSystemd,
                       "a UUID=1 none\nb /dev/x /dev/urandom swap\nc /dev/y none hash=sha1\n",
                       "a UUID=1 none luks\nb /dev/x /dev/urandom plain,swap\nc /dev/y none "
                       "plain,hash=sha1,cipher=aes-cbc-essiv:sha256,size=256\n",
                       "1:3 no type was given: the volume is treated as LUKS\n"
                       "! 3:3 no type was given: the volume is treated as plain\n"
                       "3:3 what the line leaves open is written as in cryptsetup 2.6\n"},
        ConversionCase{"SwapOnLuks", kToSystemd, "a UUID=1 none luks,swap\n",
                       "a UUID=1 none luks\n",
                       "! 1:20 systemd makes 'swap' on plain volumes only\n"},
        ConversionCase{"SwapAndTmp", kToSystemd, "a /dev/x /dev/urandom plain,swap,tmp\n",
                       "a /dev/x /dev/urandom plain,swap\n",
                       "! 1:34 systemd refuses swap and tmp together: 'tmp'\n"},
        ConversionCase{"OrderStays", kToDebian, "a UUID=1 none noauto,discard,luks\n",
                       "a UUID=1 none noauto,discard,luks\n", "1:10" + kNoKeysFolder},
        ConversionCase{
            "OptionsOfOtherTypes", kToSystemd,
            "a /dev/x none plain,cipher=a-b,size=256,hash=sha1,key-slot=1\nb UUID=1 none "
            "tcrypt-hidden\n",
            "a /dev/x none plain,cipher=a-b,size=256,hash=sha1\nb UUID=1 none luks\n",
            "1:51 'key-slot=1' had no effect with Debian's scripts and is left out\n"
            "2:3 no type was given: the volume is treated as LUKS\n"
            "2:15 'tcrypt-hidden' had no effect with Debian's scripts and is left out\n"},
        ConversionCase{"BlanksCannotBeWritten", kToSystemd, "a\\040b UUID=1 none luks\n",
                       "# a\\040b UUID=1 none luks\n",
                       "! 1:1 systemd cannot write 'a b': the line becomes a comment\n"},
        ConversionCase{"RelativePaths", kToSystemd, "a UUID=1 k luks,header=h\n",
                       "a UUID=1 k luks,header=h\n",
                       "! 1:10 systemd ignores the key file 'k', which is not absolute\n"
                       "1:10 when the key file does not fit, systemd asks\n"
                       "! 1:17 systemd needs an absolute path: 'header=h'\n"},
        ConversionCase{"WhatSystemdHadStays", kToSystemd,
                       "a UUID=1 none luks,nofail,initramfs,nonsense\n",
                       "a UUID=1 none luks,nofail,x-initrd.attach\n",
                       "1:20 'nofail' had no effect with Debian's scripts and is kept\n"
                       "1:27 'initramfs' becomes x-initrd.attach\n"
                       "1:37 'nonsense' is not an option and is left out\n"},
        ConversionCase{
            "SkippedByDebian", kToSystemd, "a UUID=1\n",
            "# not opened: the third field is missing, and the line is skipped\n# a UUID=1\n",
            "1:1 the line was not opened, and becomes a comment: the third field is missing, and "
            "the line is "
            "skipped\n"}),
    [](const auto& test) { return test.param.name; });

// The converted line means the same to the new reader as the original to the old one.
TEST(CrypttabConvertMeaning, IsKept) {
    for (const std::string_view text :
         {"a UUID=1 none luks,discard,tries=5", "a /dev/x /dev/urandom swap,size=100,cipher=aes",
          "a /dev/x /k plain,size=512,hash=plain,offset=8,skip=16,sector-size=4096,read-only",
          "a UUID=1 none keyslot=3,noauto", "a UUID=1 /k tcrypt-hidden,veracrypt",
          "a UUID=1 none bitlk"}) {
        const auto file = parse(std::string(text) + "\n");
        ASSERT_TRUE(file);
        const auto there = parse(convert(*file, kToDebian).text);
        ASSERT_TRUE(there);
        Meaning before = meaning(read_entry(file->lines[0], Readers::Systemd));
        Meaning after = meaning(read_entry(there->lines[0], Readers::Debian));
        EXPECT_EQ(after.type, before.type) << text;
        EXPECT_EQ(after.key, before.key) << text;
        EXPECT_EQ(after.key_path, before.key_path) << text;
        EXPECT_EQ(after.offset_sectors, before.offset_sectors) << text;
        EXPECT_EQ(after.skip_sectors, before.skip_sectors) << text;
        EXPECT_EQ(after.sector_size, before.sector_size) << text;
        EXPECT_EQ(after.key_slot, before.key_slot) << text;
        EXPECT_EQ(after.no_auto, before.no_auto) << text;
        EXPECT_EQ(after.swap, before.swap) << text;
        EXPECT_EQ(after.read_only, before.read_only) << text;
        if (before.type == Type::Plain) {
            EXPECT_EQ(after.key_bits, before.key_bits.value_or(256)) << text;
        }
        for (const Finding& finding : check(*there, Readers::Debian))
            EXPECT_NE(finding.severity, Severity::Error) << text << ": " << finding.message;
    }
}

}  // namespace
}  // namespace latchkey::crypttab
