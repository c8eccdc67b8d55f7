// SPDX-License-Identifier: GPL-2.0-or-later
#include "io/kernel_text.h"

#include <gtest/gtest.h>

#include "support/temp_dir.h"

namespace latchkey::io {
namespace {

TEST(KernelText, IsTheWholeFileOrNothing) {
    const test::TempDir dir;
    const std::string pages(10000, 'x');  // more than one read gives
    EXPECT_EQ(kernel_text(dir.file("pages", pages)), pages);
    EXPECT_EQ(kernel_text(dir.file("empty", "")), "");
    EXPECT_EQ(kernel_text(dir / "missing"), std::nullopt);
    EXPECT_EQ(kernel_text(dir / ""), std::nullopt);
    EXPECT_EQ(kernel_text("/dev/zero"), std::nullopt);  // without end
    EXPECT_TRUE(kernel_text("/proc/self/status")->find("Threads:") != std::string::npos);
}

TEST(KernelText, HasAFirstLine) {
    const test::TempDir dir;
    EXPECT_EQ(kernel_line(dir.file("two", "one\ntwo\n")), "one");
    EXPECT_EQ(kernel_line(dir.file("open", "one")), "one");
    EXPECT_EQ(kernel_line(dir.file("blank", "\ntwo")), "");
    EXPECT_EQ(kernel_line(dir.file("nothing", "")), std::nullopt);
}

TEST(KernelText, NamesANode) {
    const test::TempDir dir;
    EXPECT_EQ(node_in_uevent(dir.file("uevent", "MAJOR=7\nDEVNAME=loop3\nDEVTYPE=disk\n")),
              "/dev/loop3");
    EXPECT_EQ(node_in_uevent(dir.file("first", "DEVNAME=vda")), "/dev/vda");
    EXPECT_EQ(node_in_uevent(dir.file("other", "XDEVNAME=vda\n")), "");
    EXPECT_EQ(node_in_uevent(dir / "missing"), "");
}

}  // namespace
}  // namespace latchkey::io
