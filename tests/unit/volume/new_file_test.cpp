// SPDX-License-Identifier: GPL-2.0-or-later
#include "volume/new_file.h"

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>

#include "base/scope_guard.h"
#include "latchkey/new_file.h"
#include "support/child.h"
#include "support/temp_dir.h"

namespace latchkey::volume {
namespace {

mode_t mode_of(const std::string& path) {
    struct stat status {};
    EXPECT_EQ(::lstat(path.c_str(), &status), 0) << path;
    return status.st_mode & 07777;
}

std::size_t entries(const std::filesystem::path& directory) {
    return static_cast<std::size_t>(
        std::distance(std::filesystem::directory_iterator(directory), {}));
}

TEST(NewFile, HoldsTheBytesAndIsReadableByItsOwnerAlone) {
    const test::TempDir dir;
    const mode_t before = ::umask(0777);
    const auto written = write_new_file(dir / "backup", as_byte_view("content"));
    ::umask(before);
    ASSERT_TRUE(written) << written.error().message;
    EXPECT_EQ(mode_of(dir / "backup"), 0400U);
    const Bytes content = test::read_file(dir / "backup");
    EXPECT_TRUE(std::ranges::equal(content, as_byte_view("content")));
    EXPECT_EQ(entries(dir.path()), 1U);
}

TEST(NewFile, HasTheModeThatIsAskedForWhateverTheUmask) {
    const test::TempDir dir;
    for (const mode_t mode : {mode_t{0400}, mode_t{0600}}) {
        const std::string path = dir / std::to_string(mode);
        const mode_t before = ::umask(0777);
        auto file = latchkey::NewFile::create(path, mode);
        ::umask(before);
        ASSERT_TRUE(file) << file.error().message;
        ASSERT_TRUE(file->keep());
        EXPECT_EQ(mode_of(path), mode);
    }
}

// A folder that is writable but not readable cannot be flushed.
TEST(NewFile, ThatIsNamedIsSaidToBeThere) {
    const test::TempDir dir;
    const std::string folder = dir / "in";
    ASSERT_EQ(::mkdir(folder.c_str(), 0777), 0);
    ASSERT_EQ(::chmod(dir.path().c_str(), 0755), 0);
    ASSERT_EQ(::chmod(folder.c_str(), 0333), 0);
    const std::string path = folder + "/backup";
    const int status = test::in_child([&] {
        if (::getuid() == 0 && ::setresuid(test::kNobody, test::kNobody, test::kNobody) != 0)
            return 3;
        const auto written = write_new_file(path, as_byte_view("content"));
        if (written) return 4;
        const std::string wanted = path +
                                   " is complete, but a power failure may still remove it: "
                                   "cannot flush directory " +
                                   folder + ": Permission denied";
        return written.error().message == wanted ? 0 : 5;
    });
    EXPECT_EQ(status, 0);
    ASSERT_EQ(::chmod(folder.c_str(), 0755), 0);
    EXPECT_TRUE(std::ranges::equal(test::read_file(path), as_byte_view("content")));
}

TEST(NewFile, RefusesWhatExistsAndLeavesItAlone) {
    const test::TempDir dir;
    const std::string path = dir.file("backup", "old");
    const auto written = write_new_file(path, as_byte_view("new"));
    ASSERT_FALSE(written);
    EXPECT_EQ(written.error().code, Errc::Exists);
    EXPECT_EQ(written.error().message, "cannot create " + path + ": File exists");
    EXPECT_TRUE(std::ranges::equal(test::read_file(path), as_byte_view("old")));
}

TEST(NewFile, DoesNotFollowADanglingLink) {
    const test::TempDir dir;
    std::filesystem::create_symlink(dir / "elsewhere", dir / "backup");
    const auto written = write_new_file(dir / "backup", as_byte_view("new"));
    ASSERT_FALSE(written);
    EXPECT_EQ(written.error().code, Errc::Exists);
    EXPECT_FALSE(std::filesystem::exists(dir / "elsewhere"));
}

TEST(NewFile, NamesTheMissingDirectory) {
    const test::TempDir dir;
    const auto written = write_new_file(dir / "no/backup", as_byte_view("new"));
    ASSERT_FALSE(written);
    EXPECT_EQ(written.error().code, Errc::NoDevice);
    EXPECT_EQ(written.error().message,
              "cannot create " + (dir / "no/backup") + ": No such file or directory");
}

// A limit on file sizes simulates a full file system.
TEST(NewFile, LeavesNothingBehindWhenThereIsNoRoom) {
    const test::TempDir dir;
    struct rlimit before {};
    ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &before), 0);
    struct rlimit small = before;
    small.rlim_cur = 8192;
    const auto handler = std::signal(SIGXFSZ, SIG_IGN);
    ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &small), 0);
    const auto written = write_new_file(dir / "backup", Bytes(100'000));
    EXPECT_EQ(::setrlimit(RLIMIT_FSIZE, &before), 0);
    std::signal(SIGXFSZ, handler);
    EXPECT_FALSE(written);
    EXPECT_EQ(entries(dir.path()), 0U);
}

TEST(NewFile, MakesDirectoriesForTheOwnerAlone) {
    const test::TempDir dir;
    ASSERT_TRUE(make_directory(dir / "a/b/c"));
    EXPECT_EQ(mode_of(dir / "a"), 0700U);
    EXPECT_EQ(mode_of(dir / "a/b/c"), 0700U);
    EXPECT_TRUE(make_directory(dir / "a/b/c"));
}

TEST(NewFile, AFileIsNoDirectory) {
    const test::TempDir dir;
    const std::string path = dir.file("a", "");
    const auto made = make_directory(path);
    ASSERT_FALSE(made);
    EXPECT_EQ(made.error().message, "cannot create directory " + path + ": Not a directory");
}

}  // namespace
}  // namespace latchkey::volume
