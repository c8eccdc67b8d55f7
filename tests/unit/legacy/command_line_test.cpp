// SPDX-License-Identifier: GPL-2.0-or-later
#include <gtest/gtest.h>

#include "base/bytes.h"
#include "base/hex.h"
#include "base/strprintf.h"
#include "latchkey/legacy.h"

namespace latchkey::legacy {
namespace {

// Returns the important properties of a line, or the reason for its refusal.
std::string read(const std::string& line, std::string_view losetup = {}) {
    const auto parsed = parse_command_line({line}, losetup);
    if (!parsed) return parsed.error().message;
    const plain::Params& p = parsed->params;
    std::string text = parsed->tool + ": " + p.cipher + " " + std::to_string(8 * p.key_bytes) +
                       " " + p.hash + " " + parsed->device;
    if (!parsed->name.empty()) text += " as " + parsed->name;
    if (p.offset_sectors != 0 || p.skip_sectors != 0)
        text += " at " + std::to_string(p.offset_sectors) + "/" + std::to_string(p.skip_sectors);
    if (p.size_sectors) text += " size " + std::to_string(*p.size_sectors);
    if (!parsed->salt.empty()) text += " salt " + parsed->salt;
    if (parsed->read_only) text += " ro";
    if (!parsed->key_file.empty()) text += " key " + parsed->key_file;
    if (!parsed->hashalot.hash.empty())
        text += " <- " + parsed->hashalot.hash + " " + std::to_string(parsed->hashalot.bytes) +
                (parsed->rule == KeyRule::HashalotKey    ? " key"
                 : parsed->rule == KeyRule::HashalotFile ? " file"
                                                         : " passphrase");
    EXPECT_TRUE(plan(*parsed)) << line << ": " << plan(*parsed).error().message;
    return text;
}

TEST(OldLosetup, IsReadAsItsMaker) {
    // The rules of the FAQ: -N not hashed, else ripemd160; -o applies to data and IVs.
    EXPECT_EQ(read("losetup -e aes /dev/loop0 disk"),
              "losetup (debian): aes-cbc-plain 256 ripemd160 disk");
    EXPECT_EQ(read("losetup -e twofish -k 128 /dev/loop0 disk"),
              "losetup (debian): twofish-cbc-plain 128 ripemd160 disk");
    EXPECT_EQ(read("losetup -e serpent -N -o 1048576 /dev/loop0 disk"),
              "losetup (debian): serpent-cbc-plain 256 plain disk at 2048/2048");
    EXPECT_EQ(read("losetup -e aes-256 /dev/loop0 disk"),
              "losetup (debian): aes-cbc-plain 256 ripemd160 disk");
    EXPECT_EQ(read("losetup -e aes256 -k 256 /dev/loop0 disk"),
              "losetup (debian): aes-cbc-plain 256 ripemd160 disk");
    EXPECT_EQ(read("losetup --encryption=blowfish-ecb --keybits 160 -f disk"),
              "losetup (debian): blowfish-ecb 160 ripemd160 disk");
    EXPECT_EQ(read("losetup -r -e cast5-128 -p 0 /dev/loop0 disk"),
              "losetup (debian): cast5-cbc-plain 128 ripemd160 disk ro");
    EXPECT_EQ(read("losetup -e aes /dev/loop0 disk", "util-linux"),
              "losetup (util-linux): aes-cbc-plain 256 plain disk");
    EXPECT_EQ(read("losetup -e AES128 /dev/loop0 disk"),
              "losetup (loop-aes): aes-cbc-plain64 128 sha256 disk");
    EXPECT_EQ(read("losetup -e AES192 -s 1024 -o 512 /dev/loop0 disk"),
              "losetup (loop-aes): aes-cbc-plain64 192 sha384 disk at 1/1 size 2");
    EXPECT_EQ(read("losetup -e AES256 -S seed /dev/loop0 disk"),
              "losetup (loop-aes): aes-cbc-plain64 256 sha512 disk salt seed");
    EXPECT_EQ(read("losetup -e aes -H rmd160 /dev/loop0 disk"),
              "losetup (loop-aes): aes-cbc-plain64 128 ripemd160 disk");
    EXPECT_EQ(read("losetup -e aes256 /dev/loop0 disk", "debian"),
              "losetup (debian): aes-cbc-plain 256 ripemd160 disk");
    EXPECT_EQ(
        read("hashalot -n 32 ripemd160 | losetup -p 0 -N -e aes /dev/loop0 disk"),
        "hashalot | losetup (debian): aes-cbc-plain 256 plain disk <- ripemd160 32 passphrase");
}

TEST(OldLosetup, SaysWhatItTookForGranted) {
    const auto notes = [](const std::string& line) { return parse_command_line({line})->notes; };
    const auto unsure = notes("losetup -e aes /dev/loop0 disk");
    ASSERT_EQ(unsure.size(), 1U);
    EXPECT_EQ(unsure[0],
              "Read as debian's losetup. Others made other keys of a passphrase: see --losetup.");
    EXPECT_EQ(notes("losetup -e aes -k 256 /dev/loop0 disk").size(), 0U);
    EXPECT_EQ(notes("losetup -e AES256 /dev/loop0 disk").size(), 0U);
}

TEST(OldLosetup, RefusesWhatDmCryptCannot) {
    EXPECT_EQ(read("losetup -e xor /dev/loop0 d"),
              "losetup -e xor is not encryption, and dm-crypt has no such mapping");
    EXPECT_EQ(
        read("losetup -e DES /dev/loop0 d"),
        "losetup -e DES is a filter of the loop device itself, of which dm-crypt has no equal");
    EXPECT_EQ(
        read("losetup -e 18 /dev/loop0 d"),
        "losetup -e 18 is a filter of the loop device itself, of which dm-crypt has no equal");
    EXPECT_EQ(read("losetup -e none /dev/loop0 d"), "losetup -e none: the volume is not encrypted");
    EXPECT_EQ(read("losetup -e idea /dev/loop0 d"), "losetup -e idea: dm-crypt has no such cipher");
    EXPECT_EQ(read("losetup -e aes-xyz /dev/loop0 d"),
              "losetup: -e aes-xyz: key size 'xyz' is not a number");
    EXPECT_EQ(read("losetup /dev/loop0 d"), "losetup: without -e nothing is encrypted");
    EXPECT_EQ(read("losetup -e aes d"), "losetup takes loop device and file, not 1 words");
    EXPECT_EQ(read("losetup -f -e aes a b"), "losetup -f takes the file alone, not 2 words");
    EXPECT_EQ(read("losetup -e aes128 -k 256 /dev/loop0 d"),
              "losetup: -e says a key of 128 bits, -k one of 256");
    EXPECT_EQ(read("losetup -e aes -k 100 /dev/loop0 d"), "losetup: no key has 100 bits");
    EXPECT_EQ(read("losetup -e aes -k 0 /dev/loop0 d"), "losetup: no key has 0 bits");
    EXPECT_EQ(read("losetup -e aes -o 1000 /dev/loop0 d"),
              "losetup: 1000 bytes are not whole sectors, and dm-crypt maps nothing else");
    EXPECT_EQ(read("losetup -e AES128 -C 100 /dev/loop0 d"),
              "losetup -C: its repeated encryption of the key is not known here");
    EXPECT_EQ(read("losetup -e AES128 -K key.gpg /dev/loop0 d"),
              "losetup -K: the keys are in a file that gpg encrypted");
    EXPECT_EQ(read("losetup -e AES128 -I 7 /dev/loop0 d"),
              "losetup -I: dm-crypt has no IVs of loop-AES that begin elsewhere");
    EXPECT_EQ(read("losetup -e AES128 -H unhashed1 /dev/loop0 d"),
              "losetup -H unhashed1: its encoding is not known here");
    EXPECT_EQ(read("losetup -e aes -S x /dev/loop0 d", "debian"),
              "losetup: -H, -C, -S, -K, -G and -I are loop-AES's, not debian's");
    EXPECT_EQ(read("losetup -e aes /dev/loop0 d", "suse"),
              "losetup 'suse' is not debian, util-linux or loop-aes");
}

TEST(OldCryptsetup, IsReadWithItsDefaults) {
    EXPECT_EQ(read("cryptsetup create home /dev/sdb1"),
              "cryptsetup 0.1: aes-cbc-plain 256 ripemd160 /dev/sdb1 as home");
    EXPECT_EQ(read("cryptsetup -c aes -h ripemd160 -s 256 create home /dev/sdb1"),
              "cryptsetup 0.1: aes 256 ripemd160 /dev/sdb1 as home");
    EXPECT_EQ(
        read("/sbin/cryptsetup -y -c twofish-ecb -s 128 -h sha1 -b 64 -o 8 -p 4 create x dev"),
        "cryptsetup 0.1: twofish-ecb 128 sha1 dev as x at 8/4 size 64");
    EXPECT_EQ(read("cryptsetup -d /etc/key reload x dev"),
              "cryptsetup 0.1: aes-cbc-plain 256 ripemd160 dev as x key /etc/key");
    EXPECT_EQ(read("hashalot -n 32 sha256 | cryptsetup -h plain -d /dev/stdin create x dev"),
              "hashalot | cryptsetup 0.1: aes-cbc-plain 256 plain dev as x <- sha256 32 file");
    EXPECT_EQ(read("sha512 -x | cryptsetup -h sha1 create x dev"),
              "hashalot | cryptsetup 0.1: aes-cbc-plain 256 sha1 dev as x <- sha512 0 passphrase");
    EXPECT_EQ(read("cryptsetup status x"),
              "cryptsetup: only 'create' and 'reload' make a mapping, not 'status'");
    EXPECT_EQ(read("cryptsetup create x"), "cryptsetup create takes name and device, not 1 words");
    EXPECT_EQ(read("cryptsetup -s 100 create x dev"),
              "cryptsetup: -s 100: key size must be a multiple of 8 bits");
    EXPECT_EQ(read("cryptsetup -b many create x dev"), "cryptsetup: -b 'many' is not a number");
    EXPECT_EQ(read("hashalot sha256 | cryptsetup -d key create x dev"),
              "cryptsetup -d key does not read what hashalot prints");
}

TEST(OldDmsetup, TakesATableWithoutItsKey) {
    EXPECT_EQ(
        read("hashalot -n 32 ripemd160 | dmsetup create x --table "
             "'0 2048 crypt aes-plain KEY 0 /dev/sdb1 0'"),
        "hashalot | dmsetup: aes-plain 256 plain /dev/sdb1 as x size 2048 <- ripemd160 32 key");
    EXPECT_EQ(read("echo 0 `blockdev --getsize /dev/sdb1` crypt aes-plain `hashalot -x -n 32 "
                   "sha256` 3 /dev/sdb1 8 | dmsetup create x"),
              "hashalot | dmsetup: aes-plain 256 plain /dev/sdb1 as x at 8/3 <- sha256 32 key");
    EXPECT_EQ(
        read("dmsetup create x --table \"0 16 crypt aes-xts-plain64 $(hashalot -x -n 64 sha512) "
             "0 dev 0 2 sector_size:4096 iv_large_sectors\""),
        "hashalot | dmsetup: aes-xts-plain64 512 plain dev as x size 16 <- sha512 64 key");
    EXPECT_EQ(read("hashalot sha256 | dmsetup create x --table '0 16 crypt aes-plain "
                   "00112233445566778899aabbccddeeff 0 dev 0'"),
              "the table holds a key: write KEY in its place");
    EXPECT_EQ(
        read("hashalot sha256 | dmsetup create x"),
        "dmsetup create: the table is missing: --table '0 SIZE crypt CIPHER KEY IV_OFFSET DEVICE "
        "OFFSET'");
    EXPECT_EQ(read("hashalot sha256 | dmsetup create x --table '0 16 linear dev 0'"),
              "dmsetup: the table is not '0 SIZE crypt CIPHER KEY IV_OFFSET DEVICE OFFSET'");
    EXPECT_EQ(read("dmsetup create x --table '0 16 crypt aes-plain WORD 0 dev 0'"),
              "dmsetup: no hashalot makes the key 'WORD'; KEY in its place is asked for");
    EXPECT_EQ(read("dmsetup create x --table '0 16 crypt aes-plain $(hashalot sha256) 0 dev 0'"),
              "hashalot without -x prints bytes, a table takes hexadecimal digits");
    EXPECT_EQ(read("hashalot sha256 | dmsetup create x --table '0 0 crypt aes KEY 0 dev 0'"),
              "dmsetup: a table of no sectors");
    EXPECT_EQ(read("hashalot sha256 | dmsetup create x --table '0 8 crypt aes KEY 0 dev 0 2 a'"),
              "dmsetup: the table has 1 arguments, not 2");
    EXPECT_EQ(read("hashalot sha256 | dmsetup create x --table '0 8 crypt aes KEY 0 dev 0 1 a'"),
              "dmsetup: argument 'a' is not known here");
    EXPECT_EQ(read("hashalot sha256 | dmsetup remove x"),
              "dmsetup: only 'create <name> [<table file>]' makes a mapping");
    EXPECT_EQ(
        read("hashalot -n 2000 sha256 | dmsetup create x --table '0 8 crypt aes KEY 0 dev 0'"),
        "no key has 2000 bytes");
    // Known to be impossible before the user types a passphrase.
    EXPECT_EQ(
        read("hashalot -n 64 ripemd160 | dmsetup create x --table '0 8 crypt aes KEY 0 dev 0'"),
        "64 bytes of hashalot's ripemd160 cannot be made again: behind the first 40 it prints "
        "memory that nobody has written");
    EXPECT_EQ(read("hashalot sha256 x | dmsetup create x"),
              "hashalot: one hash must be named, not 2");
    EXPECT_EQ(read("hashalot md5 | dmsetup create x"), "hashalot has no hash 'md5'");
}

// The recipes of the manual page.
TEST(OldDmsetup, HexdumpPrintsWhatHashalotWould) {
    const std::string dump = " | hexdump -v -e '/1 \"%02x\"'";
    const std::string read_as =
        "hashalot | dmsetup: aes-plain 256 plain dev as volume1 size 16 <- ripemd160 32 key";
    EXPECT_EQ(read("echo 0 16 crypt aes-plain `hashalot -n 32 ripemd160" + dump +
                   "` 0 dev 0 | dmsetup create volume1"),
              read_as);
    EXPECT_EQ(read("hashalot -n 32 ripemd160" + dump +
                   " | dmsetup create volume1 --table '0 16 crypt aes-plain KEY 0 dev 0'"),
              read_as);
    EXPECT_EQ(
        read("hashalot -n 32 ripemd160" + dump + " | dmsetup create volume1"),
        "dmsetup create: the table is missing: --table '0 SIZE crypt CIPHER KEY IV_OFFSET DEVICE "
        "OFFSET'");
    EXPECT_EQ(read("hashalot sha256 | hexdump -C | dmsetup create x"),
              "hexdump: option '-C' is not known here");
    EXPECT_EQ(read("hashalot sha256 | hexdump -e '/1 \"%02x\"' | dmsetup create x"),
              "hexdump: a key is printed by -v -e '/1 \"%02x\"' alone, as hashalot -x does");
    EXPECT_EQ(read("hashalot -x sha256" + dump + " | dmsetup create x"),
              "hashalot -x prints digits, hexdump would print the digits of digits");
    EXPECT_EQ(read("cat x | hexdump | dmsetup create x"),
              "the command line has a stage 'hexdump' that is not known here");
}

TEST(OldDmsetup, AsksForTheDigitsOfAKey) {
    const auto literal = parse_command_line(
        {"dmsetup create x --table '0 16 crypt aes-plain 00112233445566778899aabbccddeeff 0 dev "
         "0'"});
    ASSERT_TRUE(literal);
    EXPECT_EQ(literal->rule, KeyRule::Digits);
    EXPECT_EQ(literal->params.key_bytes, 16U);
    EXPECT_EQ(plan(*literal)->key_bytes(), 16U);
    const auto typed = [](const char* digits) {
        return Passphrase(SecretBuffer::copy_of(as_byte_view(std::string_view(digits))));
    };
    const auto key = key_from_passphrase(*literal, typed("FF112233445566778899aabbccddeeff\n"));
    ASSERT_TRUE(key);
    EXPECT_EQ(to_hex(key->bytes()), "ff112233445566778899aabbccddeeff");
    EXPECT_EQ(key_from_passphrase(*literal, typed("ff11")).error().message,
              "a key of 4 hexadecimal digits, not 32");
    EXPECT_EQ(
        key_from_passphrase(*literal, typed("FF112233445566778899aabbccddeefg")).error().message,
        "the key is not a hexadecimal number: digit 32");
    const auto open_size =
        parse_command_line({"dmsetup create x --table '0 16 crypt aes-plain KEY 0 dev 0'"});
    ASSERT_TRUE(open_size);
    EXPECT_EQ(plan(*open_size)->key_bytes(), 32U);
    EXPECT_EQ(key_from_passphrase(*open_size, typed("ff112233445566778899aabbccddeeff"))->size(),
              16U);
}

TEST(OldDmsetup, ReadsATableInAFileWithoutItsKey) {
    const auto parsed = [](const char* line, const char* table) {
        return parse_command_line({line}, {}, [&](const std::string& path) {
            EXPECT_EQ(path, "table.txt");
            return Result<SecretBuffer>(
                SecretBuffer::copy_of(as_byte_view(std::string_view(table))));
        });
    };
    const auto fed = parsed("hashalot sha256 | dmsetup create x table.txt",
                            "0 16 crypt aes-plain KEY 0 dev 0\n");
    ASSERT_TRUE(fed);
    EXPECT_EQ(fed->rule, KeyRule::HashalotKey);
    EXPECT_EQ(fed->device, "dev");
    const auto literal = parsed("dmsetup create x table.txt",
                                "0 16 crypt aes-plain 00112233445566778899aabbccddeeff 0 dev 0\n");
    ASSERT_TRUE(literal);
    EXPECT_EQ(literal->rule, KeyRule::Digits);
    EXPECT_EQ(literal->params.key_bytes, 16U);
}

// Its hash is hashalot's, and its -s counts bytes.
TEST(OldCryptsetupScript, CountsBytes) {
    EXPECT_EQ(read("cryptsetup.sh -c aes -s 32 create x dev"),
              "cryptsetup.sh: aes 256 plain dev as x <- ripemd160 32 key");
    EXPECT_EQ(read("./cryptsetup.sh -c serpent -h sha256 -s 16 create x dev"),
              "cryptsetup.sh: serpent 128 plain dev as x <- sha256 16 key");
    EXPECT_EQ(read("cryptsetup.sh remove x"),
              "cryptsetup.sh: only 'create <name> <device>' makes a mapping");
}

TEST(OldCommandLine, RefusesOthers) {
    EXPECT_EQ(read("mount -o loop a b"),
              "'mount' is not losetup, hashalot, dmsetup, cryptsetup or cryptsetup.sh");
    EXPECT_EQ(read("hashalot sha256"),
              "hashalot alone maps nothing: the line goes on with '| dmsetup create ...'");
    EXPECT_EQ(read("cat x | losetup -e aes /dev/loop0 f"),
              "the command line has a stage 'cat' that is not known here");
    EXPECT_EQ(read(""), "no command line to read");
    EXPECT_EQ(read("losetup 'x"), "the command line has no closing '");
    const auto words = parse_command_line({"losetup", "-e", "aes", "/dev/loop0", "a file"});
    ASSERT_TRUE(words);
    EXPECT_EQ(words->device, "a file");
}

}  // namespace
}  // namespace latchkey::legacy
