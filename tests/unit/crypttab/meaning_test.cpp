// SPDX-License-Identifier: GPL-2.0-or-later
// What each reader does with a line.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "latchkey/crypttab.h"

namespace latchkey::crypttab {
namespace {

Meaning volume_of(std::string_view text, Readers reader) {
    const auto file = parse(std::string(text) + "\n");
    EXPECT_TRUE(file);
    return meaning(read_entry(file->lines.at(0), reader));
}
Meaning systemd(std::string_view text) {
    return volume_of(text, Readers::Systemd);
}
Meaning debian(std::string_view text) {
    return volume_of(text, Readers::Debian);
}

TEST(CrypttabMeaning, TheTypeIsGuessedByDebianAlone) {
    EXPECT_EQ(systemd("a b none").type, Type::Luks);
    EXPECT_EQ(debian("a b none").type, Type::AsFound);
    EXPECT_EQ(systemd("a b /dev/urandom swap").type, Type::Plain);
    EXPECT_EQ(debian("a b /dev/urandom swap").type, Type::AsFound);
    EXPECT_EQ(systemd("a b none tcrypt-hidden").type, Type::Tcrypt);
    EXPECT_EQ(debian("a b none tcrypt-hidden").type, Type::AsFound);
    EXPECT_EQ(systemd("a b none fvault2").type, Type::Luks);
    EXPECT_EQ(debian("a b none fvault2").type, Type::Fvault2);
    EXPECT_EQ(systemd("a b none tcrypt,header=/h").type, Type::Tcrypt);
    EXPECT_EQ(debian("a b none plain,luks").type, Type::Luks);
    EXPECT_EQ(debian("a b none plain,tcrypt").type, Type::Tcrypt);
    EXPECT_EQ(debian("a b none bitlk,plain").type, Type::Plain);
    EXPECT_EQ(systemd("a b none plain,keyslot=1").type, Type::Luks);
    EXPECT_EQ(debian("a b none plain,keyslot=1").type, Type::Plain);
}

TEST(CrypttabMeaning, TheThirdFieldIsTheReaders) {
    EXPECT_EQ(systemd("a b").key, KeyKind::Ask);
    EXPECT_EQ(systemd("a b -").key, KeyKind::Ask);
    EXPECT_EQ(debian("a b - luks").key, KeyKind::StandardInput);
    EXPECT_EQ(systemd("a b key luks").key, KeyKind::Ask);
    EXPECT_EQ(debian("a b key luks").key, KeyKind::File);
    EXPECT_EQ(debian("a b /dev/random plain").key, KeyKind::Random);
    const Meaning stick = systemd("a b /key:LABEL=stick luks");
    EXPECT_EQ(stick.key, KeyKind::FileOnDevice);
    EXPECT_EQ(stick.key_path, "/key");
    EXPECT_EQ(stick.key_device, "LABEL=stick");
    EXPECT_EQ(debian("a b /key:LABEL=stick luks").key_path, "/key:LABEL=stick");
    EXPECT_EQ(systemd("a b /key:x luks").key, KeyKind::File);
    const Meaning script = debian("a b argument luks,keyscript=/bin/k");
    EXPECT_EQ(script.key, KeyKind::Script);
    EXPECT_EQ(script.script, "/bin/k");
    EXPECT_EQ(script.key_path, "argument");
    EXPECT_EQ(systemd("a b /k luks,keyscript=/bin/k").key, KeyKind::File);
}

// As its generator does: the text after the last colon is an absolute path or a tag.
TEST(CrypttabMeaning, SystemdLooksBehindTheLastColon) {
    const auto key = [](std::string_view word) {
        const Meaning volume = systemd("a b " + std::string(word) + " luks");
        if (volume.key == KeyKind::FileOnDevice)
            return volume.key_path + " on " + volume.key_device;
        return volume.key == KeyKind::File ? volume.key_path : "none";
    };
    EXPECT_EQ(key("/k:/mnt/stick"), "/k on /mnt/stick");
    EXPECT_EQ(key("rel:/dev/x"), "rel on /dev/x");
    EXPECT_EQ(key("/k:UUID=a:/dev/z"), "/k:UUID=a on /dev/z");
    EXPECT_EQ(key("/k:UUID=\"3\""), "/k on UUID=3");
    EXPECT_EQ(key("/k:LABEL=a:b"), "/k:LABEL=a:b");
    EXPECT_EQ(key("/k:./x"), "/k:./x");
    EXPECT_EQ(key("/k:"), "/k:");
    EXPECT_EQ(key("k:x"), "none");
    const Meaning header = systemd("a b none header=h:/dev/x");
    EXPECT_EQ(header.header + " on " + header.header_device, "h on /dev/x");
    EXPECT_FALSE(header.skipped);
    EXPECT_EQ(systemd("a UUID=\"1\"").source, "UUID=1");
    EXPECT_EQ(debian("a UUID='1' none").source, "UUID=1");
    EXPECT_EQ(debian("a UUID=\"1 none").source, "UUID=\"1");
}

TEST(CrypttabMeaning, OptionsOfADashAreNone) {
    EXPECT_TRUE(read_entry(parse("a b none -\n")->lines[0], Readers::Systemd).options.empty());
    EXPECT_TRUE(read_entry(parse("a b - none\n")->lines[0], Readers::Systemd).options.empty());
    EXPECT_EQ(read_entry(parse("a b - -,luks\n")->lines[0], Readers::Systemd).options.size(), 2U);
    EXPECT_EQ(read_entry(parse("a b none -\n")->lines[0], Readers::Debian).options.size(), 1U);
}

TEST(CrypttabMeaning, DebianTriesAKeyFileOnce) {
    EXPECT_EQ(systemd("a b /k luks,tries=5").tries, 5U);
    EXPECT_EQ(debian("a b /k luks,tries=5").tries, 1U);
    EXPECT_EQ(debian("a b none luks,tries=0").tries, 0U);
    EXPECT_EQ(debian("a b /k luks,tries=5,keyscript=/k").tries, 5U);
    EXPECT_EQ(systemd("a b none luks").tries, 3U);
    EXPECT_EQ(systemd("a b none luks,tries=many").tries, 3U);
}

TEST(CrypttabMeaning, LinesThatNobodyOpens) {
    EXPECT_TRUE(systemd("a").skipped);
    EXPECT_FALSE(systemd("a b").skipped);
    EXPECT_TRUE(debian("a b").skipped);
    const auto unfinished = parse("a b none luks");
    ASSERT_TRUE(unfinished);
    EXPECT_TRUE(meaning(read_entry(unfinished->lines[0], Readers::Debian)).skipped);
    EXPECT_FALSE(meaning(read_entry(unfinished->lines[0], Readers::Systemd)).skipped);
    EXPECT_TRUE(systemd("a b /dev/urandom swap,tmp").skipped);
    EXPECT_TRUE(debian("a b /dev/urandom luks").skipped);
    EXPECT_TRUE(debian("a b none luks,tries=many").skipped);
    EXPECT_FALSE(systemd("a b none luks,tries=many").skipped);
    EXPECT_TRUE(debian("a b none plain,cipher=").skipped);
    EXPECT_TRUE(debian("a b none plain,size=x").skipped);
    EXPECT_TRUE(debian("a b none plain,size=100").skipped);  // by cryptsetup
    EXPECT_FALSE(debian("a b none luks,size=100").skipped);
}

TEST(CrypttabMeaning, ABadSizeIsBytesForSystemd) {
    EXPECT_EQ(systemd("a b /k plain,size=100").key_bits, 800U);
    EXPECT_EQ(debian("a b /k plain,size=100").key_bits, 100U);
    EXPECT_EQ(systemd("a b /k plain,size=256").key_bits, 256U);
    // A number beyond 32 bits is ignored; the default applies.
    EXPECT_EQ(systemd("a b /k plain,size=18446744073709551615").key_bits, std::nullopt);
    EXPECT_EQ(systemd("a b /k plain,size=4294967552").key_bits, std::nullopt);
    EXPECT_EQ(systemd("a b /k plain,size=0").key_bits, std::nullopt);
    EXPECT_EQ(systemd("a b /k plain,size=0512").key_bits, 2640U);
}

// systemd 252 and Debian's scripts behaved like this in the kernel lab (tests/kernel/crypttab_readers.py).
TEST(CrypttabMeaning, WhatTheUnitFailsOfIsNotOpened) {
    for (const std::string_view option : {"offset=1M",
                                          "offset=",
                                          "offset=-1",
                                          "skip=many",
                                          "skip=18446744073709551616",
                                          "header=h",
                                          "pkcs11-uri=slot1",
                                          "pkcs11-uri=pkcs11:",
                                          "pkcs11-uri=",
                                          "fido2-cid=QUJ",
                                          "tpm2-pcrs=24",
                                          "tpm2-signature=s",
                                          "tpm2-pcrlock=p",
                                          "link-volume-key=foo",
                                          "offset=x,offset=8",
                                          "plain,cipher=",
                                          "plain,hash=",
                                          "plain,hash=nonsense",
                                          "plain,sector-size=256",
                                          "plain,sector-size=513",
                                          "swap,tmp",
                                          "plain,size=256,hash=sha256:33"}) {
        const Meaning volume = systemd("a /dev/b /k " + std::string(option));
        EXPECT_TRUE(volume.skipped) << option;
        EXPECT_FALSE(volume.refusal.empty()) << option;
    }
    for (const std::string_view option :
         {"offset=0x10", "offset=-0", "tries=many", "size=abc", "plain,sector-size=0",
          "plain,sector-size=big", "luks,cipher=", "luks,hash=nonsense", "luks,sector-size=8192",
          "plain,hash=plain", "plain,hash=SHA512",
          "tpm2-pcrs=", "fido2-cid=", "pkcs11-uri=pkcs11:token=a;object=b",
          "tpm2-device=", "tmp=", "key-slot=-1", "keyfile-size=x"})
        EXPECT_FALSE(systemd("a /dev/b /k " + std::string(option)).skipped) << option;
    EXPECT_TRUE(systemd("a/b /dev/c").skipped);
    EXPECT_TRUE(systemd("a /dev/mapper/a").skipped);
    EXPECT_TRUE(debian("a /dev/b a luks,keyscript=decrypt_derived").skipped);
    EXPECT_TRUE(debian("a/b /dev/c none luks").skipped);
    for (const std::string_view option :
         {"plain,offset=0x10", "plain,offset=08", "plain,size=260", "plain,sector-size=8192",
          "plain,hash=", "plain,tmp=", "luks,check=", "luks,key-slot=x", "luks,cipher="})
        EXPECT_TRUE(debian("a /dev/b /k " + std::string(option)).skipped) << option;
    EXPECT_TRUE(debian("a /dev/b none plain,hash=nonsense").skipped);
    EXPECT_TRUE(debian("a /dev/b x plain,hash=nonsense,keyscript=/bin/cat").skipped);
    for (const std::string_view option :
         {"plain,offset=020", "plain,hash=nonsense", "luks,check,checkargs=", "plain,discard=x",
          "luks,sector-size=8192"})
        EXPECT_FALSE(debian("a /dev/b /k " + std::string(option)).skipped) << option;
}

TEST(CrypttabMeaning, NumbersAreTheReaders) {
    const Meaning volume = systemd(
        "a b /k plain,offset=0x10,skip=020,keyfile-offset=0b11,sector-size=0x1000,tries=+2");
    EXPECT_EQ(volume.offset_sectors, 16U);
    EXPECT_EQ(volume.skip_sectors, 16U);
    EXPECT_EQ(volume.keyfile_offset_bytes, 3U);
    EXPECT_EQ(volume.sector_size, 4096U);
    EXPECT_EQ(volume.tries, 2U);
    EXPECT_EQ(debian("a b /k plain,skip=020").skip_sectors, 20U);
    EXPECT_EQ(systemd("a b /k plain,tmp=").tmp, "");
    EXPECT_EQ(systemd("a b /k plain,cipher=aes").cipher, "aes-plain");
    EXPECT_EQ(systemd("a b none password-echo=1").password_echo, "yes");
    EXPECT_TRUE(debian("a b none luks,discard=x,noauto=no").discard);
    EXPECT_TRUE(debian("a b none luks,discard=x,noauto=no").no_auto);
    EXPECT_FALSE(systemd("a b none luks,discard=x").discard);
}

TEST(CrypttabMeaning, SystemdHashesAKeyFileWhereAHashIsGiven) {
    EXPECT_TRUE(hashes_key_file(systemd("a b /k plain,hash=sha512")));
    EXPECT_FALSE(hashes_key_file(systemd("a b /k plain,hash=plain")));
    EXPECT_FALSE(hashes_key_file(systemd("a b /k plain")));
    EXPECT_TRUE(hashes_key_file(systemd("a b none plain"), true));
    EXPECT_FALSE(hashes_key_file(systemd("a b none plain,hash=plain"), true));
    EXPECT_FALSE(hashes_key_file(debian("a b /k plain,hash=sha512")));
}

TEST(CrypttabMeaning, OfOpposedOptionsTheLaterCounts) {
    EXPECT_TRUE(systemd("a b none auto,noauto").no_auto);
    EXPECT_FALSE(systemd("a b none noauto,auto").no_auto);
    EXPECT_TRUE(debian("a b none noauto,auto").no_auto);
    EXPECT_FALSE(systemd("a b none nofail,fail").no_fail);
    EXPECT_FALSE(debian("a b none nofail").no_fail);
    EXPECT_FALSE(systemd("a b none headless=no").headless);
    EXPECT_TRUE(systemd("a b none headless=1").headless);
}

TEST(CrypttabMeaning, TokensAreTriedInSystemdsOrder) {
    EXPECT_THAT(systemd("a b none pkcs11-uri=auto,fido2-cid=QUJD,tpm2-device=auto").tokens,
                testing::ElementsAre("tpm2", "fido2", "pkcs11"));
    EXPECT_THAT(debian("a b none tpm2-device=auto").tokens, testing::IsEmpty());
}

TEST(CrypttabMeaning, NumbersAndPathsAreReadOut) {
    const Meaning volume = systemd(
        "a b /k "
        "plain,cipher=aes-xts-plain64,hash=sha512,offset=8,skip=9,sector-size=4096,keyfile-offset="
        "3,"
        "keyfile-size=4,read-only,discard,_netdev,timeout=1min,header=/h:/dev/x");
    EXPECT_EQ(volume.cipher, "aes-xts-plain64");
    EXPECT_EQ(volume.hash, "sha512");
    EXPECT_EQ(volume.offset_sectors, 8U);
    EXPECT_EQ(volume.skip_sectors, 9U);
    EXPECT_EQ(volume.sector_size, 4096U);
    EXPECT_EQ(volume.keyfile_offset_bytes, 3U);
    EXPECT_EQ(volume.keyfile_size_bytes, 4U);
    EXPECT_TRUE(volume.read_only && volume.discard && volume.net_dev);
    EXPECT_EQ(volume.timeout, "1min");
    EXPECT_EQ(volume.header, "/h");
    EXPECT_EQ(volume.header_device, "/dev/x");
    const Meaning other =
        debian("a b none luks,key-slot=2,check,checkargs=x,tmp=xfs,initramfs,noearly");
    EXPECT_EQ(other.key_slot, 2U);
    EXPECT_EQ(other.check, "blkid");
    EXPECT_EQ(other.check_argument, "x");
    EXPECT_EQ(other.tmp, "xfs");
    EXPECT_TRUE(other.initramfs && other.no_early);
    EXPECT_EQ(debian("a b /dev/urandom plain,tmp").tmp, "ext4");
}

}  // namespace
}  // namespace latchkey::crypttab
