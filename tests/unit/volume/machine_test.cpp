// SPDX-License-Identifier: GPL-2.0-or-later
#include "latchkey/machine.h"

#include <gtest/gtest.h>

namespace latchkey::machine {
namespace {

constexpr char kMounts[] =
    "21 1 8:1 / / rw - ext4 /dev/sda1 rw\n"
    "30 21 0:40 / /run/latchkey/home rw shared:1 - fuse.latchkey home rw\n"
    "31 21 0:41 / /net/a\\040b rw - nfs4 server:/ rw\n"
    "32 21 8:2 / /mnt/ntfs rw - fuseblk /dev/sdb2 rw\n"
    "33 21 0:42 / /mnt/ssh rw - fuse.sshfs host: rw\n"
    "34 33 8:3 / /mnt/ssh/inner rw - ext4 /dev/sdc1 rw\n";

TEST(Machine, FilesOfOtherProgramsMayHang) {
    EXPECT_TRUE(may_hang(kMounts, "/run/latchkey/home"));
    EXPECT_TRUE(may_hang(kMounts, "/net/a b/disk.img"));
    EXPECT_TRUE(may_hang(kMounts, "/mnt/ssh/disk.img"));
}

TEST(Machine, FilesOfLocalDisksDoNot) {
    EXPECT_FALSE(may_hang(kMounts, "/home/ann/disk.img"));
    EXPECT_FALSE(may_hang(kMounts, "/mnt/ntfs/disk.img"));
    EXPECT_FALSE(may_hang(kMounts, "/mnt/ssh/inner/disk.img"));
    EXPECT_FALSE(may_hang(kMounts, "/mnt/sshd/disk.img"));
    EXPECT_FALSE(may_hang("", "/disk.img"));
}

TEST(Machine, UdevsRecordTellsTypeAndLabel) {
    const KnownContent content = content_in(
        "S:disk/by-uuid/1-2\nE:ID_FS_TYPE=crypto_LUKS\nE:ID_FS_VERSION=2\n"
        "E:ID_FS_UUID=1-2\nE:ID_FS_LABEL=backup");
    EXPECT_EQ(content.type, "crypto_LUKS");
    EXPECT_EQ(content.version, "2");
    EXPECT_EQ(content.uuid, "1-2");
    EXPECT_EQ(content.label, "backup");
    EXPECT_EQ(content_in("").type, "");
}

}  // namespace
}  // namespace latchkey::machine
