// SPDX-License-Identifier: GPL-2.0-or-later
#include "base/mounts.h"

#include <gtest/gtest.h>

namespace latchkey {
namespace {

TEST(Mounts, HaveWhatTheirLinesSay) {
    const auto mounts = mounts_in(
        "36 35 254:0 /sub /a\\040b\\134c rw shared:1 master:2 - ext4 /dev/mapper/x\\011y rw,a=b\n"
        "37 35 0:40 / /- rw - tmpfs  rw\n");
    ASSERT_EQ(mounts.size(), 2U);
    EXPECT_EQ(mounts[0].device, "254:0");
    EXPECT_EQ(mounts[0].root, "/sub");
    EXPECT_EQ(mounts[0].folder, "/a b\\c");
    EXPECT_EQ(mounts[0].type, "ext4");
    EXPECT_EQ(mounts[0].source, "/dev/mapper/x\ty");
    EXPECT_EQ(mounts[0].options, "rw,a=b");
    EXPECT_EQ(mounts[1].folder, "/-");
    EXPECT_EQ(mounts[1].source, "") << "a file system without a device may name none";
    EXPECT_EQ(mounts[1].options, "rw");
}

TEST(Mounts, OfLinesThatAreNotCompleteAreLeftOut) {
    EXPECT_TRUE(mounts_in("").empty());
    EXPECT_TRUE(mounts_in("short\n\n36 35 254:0 / /mnt rw\n36 35 254:0 / /mnt rw -\n").empty());
    EXPECT_EQ(mounts_in("36 35 254:0 / /mnt rw - ext4").at(0).source, "");
}

TEST(Mounts, EscapesAreThreeOctalDigits) {
    EXPECT_EQ(without_octal_escapes("a\\040b"), "a b");
    EXPECT_EQ(without_octal_escapes("\\303\\244"), "\303\244");
    for (const char* plain : {"\\", "\\04", "\\0x0", "\\400", "\\8", "a\\"})
        EXPECT_EQ(without_octal_escapes(plain), plain);
}

}  // namespace
}  // namespace latchkey
