// SPDX-License-Identifier: GPL-2.0-or-later
// The parts of the back end that need no kernel: names, tables, holders, udev's answers.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/sysmacros.h>

#include "activate/crypt_params.h"
#include "activate/devmapper/udev.h"
#include "activate/dm_uuid.h"
#include "io/holders.h"

namespace latchkey::activate {
namespace {

using io::mount_points;
using io::swap_areas;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

TEST(DmUuids, AreThePeers) {
    EXPECT_EQ(make_dm_uuid("LUKS2", "12345678-1234-1234-1234-123456789abc", "m2"),
              "CRYPT-LUKS2-12345678123412341234123456789abc-m2");
    EXPECT_EQ(make_dm_uuid("PLAIN", "", "swap"), "CRYPT-PLAIN-swap");
    bool cut = false;
    EXPECT_EQ(make_dm_uuid("PLAIN", "", std::string(127, 'n'), &cut).size(), 128U);
    EXPECT_TRUE(cut);
}

TEST(DmUuids, AreReadBack) {
    const auto check = [](const char* text, const char* type, const char* uuid) {
        EXPECT_EQ(parse_dm_uuid(text).type, type) << text;
        EXPECT_EQ(parse_dm_uuid(text).uuid, uuid) << text;
    };
    check("CRYPT-LUKS2-12345678123412341234123456789abc-m2", "LUKS2",
          "12345678-1234-1234-1234-123456789abc");
    check("CRYPT-LUKS2-OPAL-12345678123412341234123456789abc-m2", "LUKS2",
          "12345678-1234-1234-1234-123456789abc");
    check("CRYPT-PLAIN-12345678123412341234123456789abc-m2", "PLAIN", "");
    check("CRYPT-TEMP-temporary-cryptsetup-17", "TEMP", "");
    check("CRYPT-LUKS1-zz345678123412341234123456789abc-m2", "LUKS1", "");
    check("LVM-abc", "", "");
    check("CRYPT-", "", "");
    check("CRYPT--x", "", "");
    check("", "", "");
}

TEST(CryptParams, AreWhatTheKernelReturns) {
    const auto params = parse_crypt_params(
        "aes-xts-plain64 :64:logon:cryptsetup:12345678-1234-1234-1234-123456789abc-d0 8 7:1 32768 "
        "4 "
        "allow_discards no_write_workqueue sector_size:4096 iv_large_sectors");
    ASSERT_TRUE(params) << params.error().message;
    EXPECT_EQ(params->cipher, "aes-xts-plain64");
    EXPECT_EQ(params->key_bytes, 64U);
    EXPECT_TRUE(params->key_in_keyring);
    EXPECT_EQ(params->key_description, "cryptsetup:12345678-1234-1234-1234-123456789abc-d0");
    EXPECT_EQ(params->iv_offset, 8U);
    EXPECT_EQ(params->major, 7U);
    EXPECT_EQ(params->minor, 1U);
    EXPECT_EQ(params->offset, 32768U);
    EXPECT_TRUE(params->flags.allow_discards);
    EXPECT_TRUE(params->flags.no_write_workqueue);
    EXPECT_FALSE(params->flags.high_priority);
    EXPECT_EQ(params->sector_size, 4096U);
    EXPECT_TRUE(params->iv_large_sectors);
}

TEST(CryptParams, KnowHexKeysNoKeysAndIntegrity) {
    EXPECT_EQ(parse_crypt_params("aes-cbc-plain 00112233 0 /dev/sda 0")->key_bytes, 4U);
    EXPECT_EQ(parse_crypt_params("cipher_null-ecb - 0 7:0 0")->key_bytes, 0U);
    const auto params = parse_crypt_params(
        "capi:authenc(hmac(sha256),xts(aes))-random :96:logon:d 0 254:0 0 3 integrity:48:aead "
        "integrity_key_size:32 new_kernels_word");
    ASSERT_TRUE(params);
    EXPECT_EQ(params->integrity, "aead");
    EXPECT_EQ(params->tag_bytes, 48U);
    EXPECT_EQ(params->integrity_key_bytes, 32U);
}

TEST(CryptParams, RefuseWhatIsMalformedAndNeverShowTheKey) {
    const auto refused = [](std::string_view text, const char* field) {
        const auto params = parse_crypt_params(text);
        ASSERT_FALSE(params) << text;
        EXPECT_EQ(params.error().message,
                  "dm-crypt table: " + std::string(field) + " is missing or malformed");
    };
    refused("", "cipher");
    refused("aes-cbc-plain", "key");
    refused("aes-cbc-plain 5ec", "key");
    refused("aes-cbc-plain :x:logon:d 0 7:0 0", "key");
    refused("aes-cbc-plain :64:logon 0 7:0 0", "key");
    refused("aes-cbc-plain 5ec1 -1 7:0 0", "IV offset");
    refused("aes-cbc-plain 5ec1 0", "device");
    refused("aes-cbc-plain 5ec1 0 7:0 18446744073709551616", "offset");
    refused("aes-cbc-plain 5ec1 0 7:0 0 1", "argument");
    refused("aes-cbc-plain 5ec1 0 7:0 0 99999999999", "number of arguments");
    refused("aes-cbc-plain 5ec1 0 7:0 0 1 sector_size:", "sector_size");
    refused("aes-cbc-plain 5ec1 0 7:0 0 1 sector_size:0", "sector_size");
    refused("aes-cbc-plain 5ec1 0 7:0 0 1 integrity:28", "integrity");
    refused(std::string(100'000, 'a'), "length");
}

TEST(Holders, AreFoundInTheKernelsLists) {
    constexpr std::string_view kMounts =
        "22 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw\n"
        "36 22 254:0 / /mnt/my\\040disk rw - ext4 /dev/mapper/x rw\n"
        "37 22 254:01 / /no rw - ext4 x rw\n"
        "short\n"
        "38 22 254:0 /sub /srv/back\\134slash rw - ext4 /dev/mapper/x rw";
    EXPECT_THAT(mount_points(kMounts, 254, 0), ElementsAre("/mnt/my disk", "/srv/back\\slash"));
    EXPECT_THAT(mount_points(kMounts, 9, 9), IsEmpty());
    EXPECT_THAT(
        swap_areas("Filename\t\tType\tSize\n/dev/dm-1   partition\t4 0 -2\n/a\\011b file 4 0\n"),
        ElementsAre("/dev/dm-1", "/a\tb"));
    EXPECT_THAT(swap_areas(""), IsEmpty());
}

TEST(Holders, AServedVolumeIsKnownByItsMount) {
    constexpr std::string_view kMounts =
        "22 1 8:1 / / rw shared:1 - ext4 /dev/sda1 rw\n"
        "41 22 0:39 / /run/latchkey/my\\040home rw,nosuid - fuse.latchkey latchkey rw\n"
        "42 22 0:40 / /run/other rw - fuse.sshfs x rw\n"
        "43 22 0: / /run/latchkey/bad rw - fuse.latchkey latchkey rw\n"
        "short -";
    EXPECT_EQ(io::served_volume_at(kMounts, "/run/latchkey/my home"), makedev(0, 39));
    for (const char* other : {"/run/other", "/", "/run/latchkey/bad", "/run/latchkey", ""})
        EXPECT_EQ(io::served_volume_at(kMounts, other), std::nullopt) << other;
}

TEST(Udev, AnswersOnlyIntoItsOwnNamespace) {
    EXPECT_EQ(why_no_udev({.running = true}), "");
    EXPECT_EQ(why_no_udev({.running = true, .initial_ipc = false, .daemon_in_ours = true}), "");
    EXPECT_EQ(why_no_udev({.running = true, .initial_ipc = false}),
              "udev cannot answer into this IPC namespace");
    EXPECT_EQ(why_no_udev({}), "udev does not run here");
    EXPECT_THAT(why_no_udev({.disabled = true, .running = true}), HasSubstr("DM_DISABLE_UDEV"));
}

}  // namespace
}  // namespace latchkey::activate
