// SPDX-License-Identifier: GPL-2.0-or-later
#include "io/file_device.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <algorithm>
#include <csignal>
#include <fstream>

#include "support/child.h"
#include "support/random.h"
#include "support/temp_dir.h"

namespace latchkey::io {
namespace {

using test::in_child;
using test::TempDir;
using testing::HasSubstr;

using test::kNobody;

using test::filled;

TEST(FileDevice, ReadsAndWritesARegularFile) {
    const TempDir dir;
    const std::string path = dir.file("image", filled(10000, 1));
    {
        const auto device = open_file_device(path, Access::ReadWrite);
        ASSERT_TRUE(device) << device.error().message;
        EXPECT_EQ((*device)->size(), 10000U);
        EXPECT_EQ((*device)->name(), path);
        EXPECT_FALSE((*device)->read_only());
        const Topology topology = (*device)->topology();
        EXPECT_TRUE(topology.regular_file);
        EXPECT_EQ(topology.logical_block, 512U);
        struct stat status = {};
        ASSERT_EQ(::stat(path.c_str(), &status), 0);
        EXPECT_EQ(topology.physical_block, static_cast<std::uint32_t>(status.st_blksize));
        ASSERT_TRUE((*device)->write(4095, filled(3, 2)));
        ASSERT_TRUE((*device)->flush());
        Bytes read(5);
        ASSERT_TRUE((*device)->read(4094, read));
        EXPECT_EQ(read[0], std::byte{1});
        EXPECT_EQ(read[1], std::byte{2});
        EXPECT_EQ(read[3], std::byte{2});
        EXPECT_EQ(read[4], std::byte{1});
    }
    EXPECT_EQ(test::read_file(path)[4095], std::byte{2});
}

TEST(FileDevice, RefusesWhatLiesBehindItsEnd) {
    const TempDir dir;
    const auto device = open_file_device(dir.file("image", filled(512, 0)), Access::ReadWrite);
    ASSERT_TRUE(device);
    Bytes bytes(2);
    for (const std::uint64_t offset : {std::uint64_t{511}, (std::uint64_t{1} << 63) - 1,
                                       std::uint64_t{1} << 63, ~std::uint64_t{0}}) {
        const auto read = (*device)->read(offset, bytes);
        ASSERT_FALSE(read);
        EXPECT_EQ(read.error().code, Errc::DeviceTooSmall);
        EXPECT_THAT(read.error().message, HasSubstr("end behind its size of 512 bytes"));
        EXPECT_EQ((*device)->write(offset, bytes).error().code, Errc::DeviceTooSmall);
    }
    EXPECT_EQ(test::read_file(dir / "image").size(), 512U);
}

// The file is truncated after it was opened.
TEST(FileDevice, SaysThatTheFileBecameShorter) {
    const TempDir dir;
    const std::string path = dir.file("image", filled(4096, 0));
    const auto device = open_file_device(path, Access::ReadOnly);
    ASSERT_TRUE(device);
    std::filesystem::resize_file(path, 1000);
    Bytes bytes(4096);
    const auto read = (*device)->read(0, bytes);
    ASSERT_FALSE(read);
    EXPECT_EQ(read.error().code, Errc::DeviceTooSmall);
    EXPECT_THAT(read.error().message,
                HasSubstr("4096 bytes at offset 0 end behind its size of 1000"));
}

TEST(FileDevice, OpensSparseFilesBeyondFourGigabytes) {
    const TempDir dir;
    constexpr std::uint64_t kSize = std::uint64_t{5} << 40;  // 5 TiB
    std::string path;
    try {
        path = dir.sparse_file("image", kSize);
    } catch (const std::exception&) {
        path = dir.sparse_file("image", std::uint64_t{6} << 30);
    }
    const auto device = open_file_device(path, Access::ReadWrite);
    ASSERT_TRUE(device);
    const std::uint64_t end = (*device)->size();
    ASSERT_GT(end, std::uint64_t{1} << 32);
    ASSERT_TRUE((*device)->write(end - 3, filled(3, 9)));
    Bytes read(4);
    ASSERT_TRUE((*device)->read(end - 4, read));
    EXPECT_EQ(read, (Bytes{std::byte{0}, std::byte{9}, std::byte{9}, std::byte{9}}));
}

TEST(FileDevice, RefusesWhatIsNoDisk) {
    const TempDir dir;
    ASSERT_EQ(::mkfifo((dir / "pipe").c_str(), 0600), 0);
    const std::vector<std::string> paths = {dir.path().string(), "/dev/null", "/dev/zero",
                                            dir / "pipe"};
    for (const std::string& path : paths) {
        const auto device = open_file_device(path, Access::ReadOnly);
        ASSERT_FALSE(device) << path;
        EXPECT_EQ(device.error().code, Errc::NoDevice);
        EXPECT_EQ(device.error().message, "device " + path + " is not compatible");
    }
    for (const std::string& path : {dir / "missing", dir.file("plain", "x") + "/below"}) {
        const auto device = open_file_device(path, Access::ReadWrite);
        ASSERT_FALSE(device) << path;
        EXPECT_EQ(device.error().code, Errc::NoDevice);
        EXPECT_EQ(device.error().message, "device " + path + " does not exist or access denied");
    }
}

TEST(FileDevice, TakesOnlyAUuidForATag) {
    for (const char* name :
         {"UUID=", "UUID=\"\"", "UUID=../../../etc/passwd", "UUID=\"12/34\"", "UUID='abc\""}) {
        const auto path = resolve_path(name);
        ASSERT_FALSE(path) << name;
        EXPECT_EQ(path.error().code, Errc::NoDevice);
        EXPECT_EQ(path.error().message,
                  std::string("device ") + name + " does not exist or access denied");
    }
    const std::string expected = "/dev/disk/by-uuid/0fc63daf-8483-4772-8e79-3d69d8477de4";
    for (const char* name : {"UUID=0FC63DAF-8483-4772-8E79-3D69D8477DE4",
                             "UUID=\"0fc63daf-8483-4772-8e79-3d69d8477de4\"",
                             "UUID='0fc63daf-8483-4772-8e79-3d69d8477de4'"}) {
        const auto path = resolve_path(name);
        ASSERT_TRUE(path) << name;
        EXPECT_EQ(*path, expected);
    }
    EXPECT_EQ(*resolve_path("uuid=abc"), "uuid=abc");  // a file of that name
    EXPECT_EQ(resolve_path(std::string_view("a\0b", 3)).error().code, Errc::InvalidArgument);
}

TEST(FileDevice, WritesNothingWhenOpenedForReading) {
    const TempDir dir;
    const auto device = open_file_device(dir.file("image", filled(512, 1)), Access::ReadOnly);
    ASSERT_TRUE(device);
    EXPECT_TRUE((*device)->read_only());
    const auto written = (*device)->write(0, filled(1, 2));
    ASSERT_FALSE(written);
    EXPECT_EQ(written.error().code, Errc::AccessDenied);
    EXPECT_EQ(written.error().message,
              "cannot write to device " + (dir / "image") + ", permission denied");
    EXPECT_EQ((*device)->grow(1024).error().code, Errc::AccessDenied);
    EXPECT_TRUE((*device)->flush());
    EXPECT_EQ(test::read_file(dir / "image"), filled(512, 1));
}

// Runs as a user who is not root and does not own the file.
int as_nobody(int (*body)(const std::string&), const std::string& path) {
    return in_child([&] {
        if (::geteuid() == 0 && (::setgid(kNobody) != 0 || ::setuid(kNobody) != 0)) return 90;
        return body(path);
    });
}

TEST(FileDevice, OpensForReadingWhatItMayNotWrite) {
    const TempDir dir;
    const std::string path = dir.file("image", filled(512, 1));
    std::filesystem::permissions(dir.path(), std::filesystem::perms(0755));
    std::filesystem::permissions(path, std::filesystem::perms(0444));
    const auto body = [](const std::string& file) {
        const auto device = open_file_device(file, Access::ReadWrite);
        if (!device || !(*device)->read_only()) return 1;
        const auto exclusive = open_file_device(file, Access::Exclusive);
        return !exclusive && exclusive.error().code == Errc::AccessDenied ? 0 : 2;
    };
    EXPECT_EQ(as_nobody(body, path), 0);
}

TEST(FileDevice, SaysThatReadingIsNotAllowed) {
    const TempDir dir;
    const std::string path = dir.file("image", filled(512, 1));
    std::filesystem::permissions(dir.path(), std::filesystem::perms(0755));
    std::filesystem::permissions(path, std::filesystem::perms(0));
    const auto body = [](const std::string& file) {
        const auto device = open_file_device(file, Access::ReadWrite);
        if (device || device.error().code != Errc::AccessDenied) return 1;
        return device.error().message == "device " + file + " does not exist or access denied" ? 0
                                                                                               : 2;
    };
    EXPECT_EQ(as_nobody(body, path), 0);
}

TEST(FileDevice, GrowsAndKeepsItsBytes) {
    const TempDir dir;
    const std::string path = dir.file("image", filled(100, 1));
    const auto device = open_file_device(path, Access::ReadWrite);
    ASSERT_TRUE(device);
    ASSERT_TRUE((*device)->grow(50));
    EXPECT_EQ((*device)->size(), 100U);
    ASSERT_TRUE((*device)->grow(8192));
    EXPECT_EQ((*device)->size(), 8192U);
    ASSERT_TRUE((*device)->write(8191, filled(1, 2)));
    const Bytes now = test::read_file(path);
    ASSERT_EQ(now.size(), 8192U);
    EXPECT_EQ(now[99], std::byte{1});
    EXPECT_EQ(now[100], std::byte{0});
    EXPECT_EQ((*device)->grow(std::uint64_t{1} << 63).error().code, Errc::DeviceFull);
}

TEST(FileDevice, IsAsLongAsBeforeWhenItCannotGrow) {
    const TempDir dir;
    const std::string path = dir.file("image", filled(100, 1));
    EXPECT_EQ(in_child([&] {
                  std::signal(SIGXFSZ, SIG_IGN);
                  const rlimit limit{65536, 65536};
                  if (::setrlimit(RLIMIT_FSIZE, &limit) != 0) return 90;
                  const auto device = open_file_device(path, Access::ReadWrite);
                  if (!device) return 1;
                  const auto grown = (*device)->grow(1 << 20);
                  if (grown || grown.error().code != Errc::DeviceFull) return 2;
                  return (*device)->size() == 100 ? 0 : 3;
              }),
              0);
    EXPECT_EQ(std::filesystem::file_size(path), 100U);
}

TEST(CreateFile, MakesAPrivateFileOnce) {
    const TempDir dir;
    const auto device = create_file_device(dir / "header", 4096);
    ASSERT_TRUE(device) << device.error().message;
    EXPECT_EQ((*device)->size(), 4096U);
    struct stat status = {};
    ASSERT_EQ(::stat((dir / "header").c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 07777, 0600U);
    EXPECT_EQ(status.st_size, 4096);
    const auto again = create_file_device(dir / "header", 4096);
    ASSERT_FALSE(again);
    EXPECT_EQ(again.error().code, Errc::Exists);
    EXPECT_EQ(again.error().message, "file " + (dir / "header") + " exists already");
    // A dangling link also occupies the name.
    std::filesystem::create_symlink(dir / "elsewhere", dir / "link");
    EXPECT_EQ(create_file_device(dir / "link", 1).error().code, Errc::Exists);
    EXPECT_FALSE(std::filesystem::exists(dir / "elsewhere"));
}

TEST(CreateFile, LeavesNothingBehindWhenItFails) {
    const TempDir dir;
    const auto device = create_file_device(dir / "header", std::uint64_t{1} << 63);
    ASSERT_FALSE(device);
    EXPECT_EQ(device.error().code, Errc::DeviceFull);
    EXPECT_FALSE(std::filesystem::exists(dir / "header"));
    EXPECT_EQ(create_file_device(dir / "missing/header", 1).error().code, Errc::Io);
}

}  // namespace
}  // namespace latchkey::io
