// SPDX-License-Identifier: GPL-2.0-or-later
#include "io/lock.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include <filesystem>

#include "base/strprintf.h"
#include "base/unique_fd.h"
#include "io/file_device.h"
#include "support/child.h"
#include "support/loop_device.h"
#include "support/program.h"
#include "support/temp_dir.h"

namespace latchkey::io {
namespace {

using std::chrono::milliseconds;
using test::in_child;
using test::TempDir;
using testing::HasSubstr;
using LockMode = BlockDevice::LockMode;

using test::kNobody;
constexpr LockWait kAtOnce{milliseconds{0}, nullptr};

// Returns a block device that need not exist: only its number matters.
LockTarget numbered(const std::string& directory) {
    return {.name = "/dev/sdz1",
            .block_device = true,
            .number = ::makedev(8, 401),
            .directory = directory};
}

// Returns whether another process could take this flock.
bool free_for(const std::string& path, int operation) {
    return in_child([&] {
               const UniqueFd fd(::open(path.c_str(), O_RDWR));
               return fd.valid() && ::flock(fd.get(), operation | LOCK_NB) == 0 ? 0 : 1;
           }) == 0;
}

TEST(Lock, OfABlockDeviceIsAFileNamedByItsNumber) {
    const TempDir dir;
    const std::string directory = dir / "cryptsetup";
    const std::string file = directory + "/L_8:401";
    {
        const auto lock = acquire_lock(numbered(directory), LockMode::Exclusive, {});
        ASSERT_TRUE(lock) << lock.error().message;
        struct stat status = {};
        ASSERT_EQ(::stat(directory.c_str(), &status), 0);
        EXPECT_EQ(status.st_mode & 07777, 0700U);
        EXPECT_FALSE(free_for(file, LOCK_SH));
    }
    EXPECT_FALSE(std::filesystem::exists(file)) << "the last holder removes it";
    {
        const auto lock = acquire_lock(numbered(directory), LockMode::Shared, {});
        ASSERT_TRUE(lock);
        EXPECT_TRUE(free_for(file, LOCK_SH));
        EXPECT_FALSE(free_for(file, LOCK_EX));
        const auto second = acquire_lock(numbered(directory), LockMode::Shared, kAtOnce);
        EXPECT_TRUE(second);
    }
    EXPECT_FALSE(std::filesystem::exists(file));
}

TEST(Lock, SaysWhichOneItCouldNotGet) {
    const TempDir dir;
    const auto held = acquire_lock(numbered(dir / "locks"), LockMode::Shared, {});
    ASSERT_TRUE(held);
    const auto started = std::chrono::steady_clock::now();
    const auto lock =
        acquire_lock(numbered(dir / "locks"), LockMode::Exclusive, {milliseconds{120}, nullptr});
    ASSERT_FALSE(lock);
    EXPECT_EQ(lock.error().code, Errc::Locked);
    EXPECT_EQ(lock.error().message, "device /dev/sdz1 (lock " + (dir / "locks") +
                                        "/L_8:401) is locked by another process");
    EXPECT_GE(std::chrono::steady_clock::now() - started, milliseconds{120});
    EXPECT_LT(std::chrono::steady_clock::now() - started, milliseconds{5000});
}

TEST(Lock, WaitsUntilTheOtherProcessIsDone) {
    const TempDir dir;
    const std::string directory = dir / "locks";
    test::Companion other([&](int ready, int go_on) {
        const auto lock = acquire_lock(numbered(directory), LockMode::Exclusive, kAtOnce);
        if (!lock || ::write(ready, "x", 1) != 1) return 1;
        char byte = 0;
        (void)!::read(go_on, &byte, 1);
        ::usleep(100'000);
        return 0;
    });
    ASSERT_TRUE(other.ready());
    EXPECT_EQ(acquire_lock(numbered(directory), LockMode::Shared, kAtOnce).error().code,
              Errc::Locked);
    std::thread finisher([&] { other.finish(); });
    // The other holder unlinks the file that we wait for: we must not get a lock of the deleted inode.
    const auto lock = acquire_lock(numbered(directory), LockMode::Exclusive, {});
    finisher.join();
    ASSERT_TRUE(lock);
    ASSERT_TRUE(std::filesystem::exists(directory + "/L_8:401"));
    EXPECT_FALSE(free_for(directory + "/L_8:401", LOCK_SH));
}

TEST(Lock, WaitCanBeCancelled) {
    const TempDir dir;
    const auto held = acquire_lock(numbered(dir / "locks"), LockMode::Exclusive, {});
    ASSERT_TRUE(held);
    std::atomic<bool> cancelled{false};
    std::thread canceller([&] {
        std::this_thread::sleep_for(milliseconds{50});
        cancelled = true;
    });
    const auto lock =
        acquire_lock(numbered(dir / "locks"), LockMode::Shared, {milliseconds{20'000}, &cancelled});
    canceller.join();
    ASSERT_FALSE(lock);
    EXPECT_EQ(lock.error().code, Errc::Interrupted);
    EXPECT_THAT(lock.error().message,
                HasSubstr("stopped while waiting for the lock of device /dev/sdz1"));
}

// Many processes increment a number in a file, with separate read and write: no increment may be lost.
TEST(Lock, LetsOneProcessInAtATime) {
    const TempDir dir;
    const std::string counter = dir.file("counter", std::string_view("\0\0\0\0", 4));
    std::vector<std::unique_ptr<test::Companion>> processes;
    constexpr int kProcesses = 5;
    constexpr int kRounds = 60;
    for (int p = 0; p < kProcesses; ++p)
        processes.push_back(std::make_unique<test::Companion>([&](int ready, int go_on) {
            char byte = 'x';
            if (::write(ready, &byte, 1) != 1) return 1;
            (void)!::read(go_on, &byte, 1);
            const UniqueFd fd(::open(counter.c_str(), O_RDWR));
            for (int i = 0; i < kRounds; ++i) {
                const auto lock =
                    acquire_lock(numbered(dir / "locks"), LockMode::Exclusive, LockWait());
                if (!lock) return 2;
                std::int32_t value = 0;
                if (::pread(fd.get(), &value, sizeof value, 0) != sizeof value) return 3;
                if (i % 8 == 0) ::usleep(100);
                ++value;
                if (::pwrite(fd.get(), &value, sizeof value, 0) != sizeof value) return 4;
            }
            return 0;
        }));
    std::vector<std::thread> finishers;
    for (auto& process : processes)
        finishers.emplace_back([&process] { EXPECT_EQ(process->finish(), 0); });
    for (std::thread& finisher : finishers) finisher.join();
    std::int32_t value = 0;
    std::memcpy(&value, test::read_file(counter).data(), sizeof value);
    EXPECT_EQ(value, kProcesses * kRounds);
    EXPECT_FALSE(std::filesystem::exists(dir / "locks/L_8:401"));
}

TEST(Lock, IgnoresTheFileOfAProcessThatWasKilled) {
    const TempDir dir;
    ASSERT_EQ(in_child([&] {
                  auto lock = acquire_lock(numbered(dir / "locks"), LockMode::Exclusive, {});
                  if (!lock) return 1;
                  ::_exit(0);  // without releasing
              }),
              0);
    EXPECT_TRUE(std::filesystem::exists(dir / "locks/L_8:401"));
    EXPECT_TRUE(acquire_lock(numbered(dir / "locks"), LockMode::Exclusive, kAtOnce));
}

TEST(Lock, ANameIsLockedForTheWholeMachine) {
    const TempDir dir;
    const std::string locks = dir / "locks";
    auto first = acquire_named_lock("memory-hard-access", "the test", kAtOnce, locks);
    ASSERT_TRUE(first);
    EXPECT_TRUE(std::filesystem::exists(dir / "locks/LN_memory-hard-access"));
    const auto second = acquire_named_lock("memory-hard-access", "the test", kAtOnce, locks);
    ASSERT_FALSE(second);
    EXPECT_EQ(second.error().code, Errc::Locked);
    EXPECT_TRUE(acquire_named_lock("another", "the test", kAtOnce, locks));
    first->reset();
    EXPECT_FALSE(std::filesystem::exists(dir / "locks/LN_memory-hard-access"));
    EXPECT_TRUE(acquire_named_lock("memory-hard-access", "the test", kAtOnce, locks));
}

TEST(Lock, FollowsNoLinks) {
    const TempDir dir;
    ASSERT_TRUE(std::filesystem::create_directory(dir / "real"));
    std::filesystem::create_symlink(dir / "real", dir / "link");
    const auto by_link = acquire_lock(numbered(dir / "link"), LockMode::Shared, kAtOnce);
    ASSERT_FALSE(by_link);
    EXPECT_EQ(by_link.error().code, Errc::Io);
    std::filesystem::create_symlink(dir / "target", dir / "real/L_8:401");
    const auto file_link = acquire_lock(numbered(dir / "real"), LockMode::Exclusive, kAtOnce);
    ASSERT_FALSE(file_link);
    EXPECT_EQ(file_link.error().code, Errc::Io);
    EXPECT_THAT(file_link.error().message,
                HasSubstr("failed to acquire write lock on device /dev/sdz1"));
    EXPECT_FALSE(std::filesystem::exists(dir / "target"));
}

TEST(Lock, LetsReadersGoOnWithoutADirectoryButNotWriters) {
    const TempDir dir;
    const LockTarget target = numbered(dir / "no/parent");
    EXPECT_TRUE(acquire_lock(target, LockMode::Shared, kAtOnce));
    const auto write = acquire_lock(target, LockMode::Exclusive, kAtOnce);
    ASSERT_FALSE(write);
    EXPECT_EQ(write.error().code, Errc::AccessDenied);
    EXPECT_EQ(write.error().message, "failed to acquire write lock on device /dev/sdz1: " +
                                         (dir / "no/parent") + ": No such file or directory");
}

TEST(Lock, LetsOrdinaryUsersReadButNotWrite) {
    const TempDir dir;
    ASSERT_TRUE(std::filesystem::create_directory(dir / "locks"));
    std::filesystem::permissions(dir.path(), std::filesystem::perms(0755));
    std::filesystem::permissions(dir / "locks",
                                 std::filesystem::perms(::geteuid() == 0 ? 0700 : 0));
    EXPECT_EQ(in_child([&] {
                  if (::geteuid() == 0 && ::setuid(kNobody) != 0) return 90;
                  const LockTarget target = numbered(dir / "locks");
                  if (!acquire_lock(target, LockMode::Shared, kAtOnce)) return 1;
                  const auto write = acquire_lock(target, LockMode::Exclusive, kAtOnce);
                  return !write && write.error().code == Errc::AccessDenied ? 0 : 2;
              }),
              0);
    std::filesystem::permissions(dir / "locks", std::filesystem::perms(0700));
}

TEST(Lock, OfARegularFileIsTheFileItself) {
    const TempDir dir;
    const std::string path = dir.file("image", "x");
    const auto device = open_file_device(path, Access::ReadOnly);
    ASSERT_TRUE(device);
    {
        const auto lock = (*device)->lock(LockMode::Exclusive);
        ASSERT_TRUE(lock) << lock.error().message;
        EXPECT_FALSE(free_for(path, LOCK_SH));
    }
    EXPECT_TRUE(free_for(path, LOCK_EX));
    test::Companion other([&](int ready, int go_on) {
        const UniqueFd fd(::open(path.c_str(), O_RDWR));
        if (::flock(fd.get(), LOCK_SH) != 0 || ::write(ready, "x", 1) != 1) return 1;
        char byte = 0;
        (void)!::read(go_on, &byte, 1);
        return 0;
    });
    ASSERT_TRUE(other.ready());
    EXPECT_TRUE((*device)->lock(LockMode::Shared, kAtOnce));
    const auto lock = (*device)->lock(LockMode::Exclusive, kAtOnce);
    ASSERT_FALSE(lock);
    EXPECT_EQ(lock.error().code, Errc::Locked);
    EXPECT_EQ(lock.error().message, "file " + path + " is locked by another process");
}

TEST(Lock, IsOfTheOpenFileEvenIfItsPathWasReplaced) {
    const TempDir dir;
    const std::string path = dir.file("image", "old");
    const auto device = open_file_device(path, Access::ReadWrite);
    ASSERT_TRUE(device);
    std::filesystem::rename(path, dir / "moved");
    (void)dir.file("image", "new");
    const auto lock = (*device)->lock(LockMode::Exclusive);
    ASSERT_TRUE(lock);
    EXPECT_FALSE(free_for(dir / "moved", LOCK_SH));
    EXPECT_TRUE(free_for(path, LOCK_EX));
}

TEST(Lock, CanBeTakenAgainByItsThreadOnly) {
    const TempDir dir;
    const std::string path = dir.file("image", "x");
    const auto device = open_file_device(path, Access::ReadWrite);
    ASSERT_TRUE(device);
    auto outer = (*device)->lock(LockMode::Exclusive);
    ASSERT_TRUE(outer);
    {
        const auto inner = (*device)->lock(LockMode::Shared, kAtOnce);
        EXPECT_TRUE(inner);
        const auto innermost = (*device)->lock(LockMode::Exclusive, kAtOnce);
        EXPECT_TRUE(innermost);
    }
    EXPECT_FALSE(free_for(path, LOCK_SH)) << "still held by the outer one";
    std::thread([&] {
        EXPECT_EQ((*device)->lock(LockMode::Shared, kAtOnce).error().code, Errc::Locked);
    }).join();
    outer = fail(Errc::InvalidArgument, "gone");
    EXPECT_TRUE(free_for(path, LOCK_EX));
    const auto shared = (*device)->lock(LockMode::Shared);
    ASSERT_TRUE(shared);
    const auto upgrade = (*device)->lock(LockMode::Exclusive, kAtOnce);
    ASSERT_FALSE(upgrade);
    EXPECT_EQ(upgrade.error().code, Errc::Locked);
    EXPECT_EQ(upgrade.error().message,
              "the read lock on device " + path + " cannot become a write lock");
}

// --- the peer ---

bool peer_is_here() {
    return test::run_program({"cryptsetup", "--version"}).status == 0;
}

// Makes a LUKS2 header with the peer; only LUKS2 is locked.
bool peer_formats(const std::string& path) {
    return test::run_program({"sh", "-c",
                              "printf x | cryptsetup -q luksFormat --type luks2 --pbkdf pbkdf2 "
                              "--pbkdf-force-iterations 1000 " +
                                  path + " -"})
               .status == 0;
}
// The peer waits for ever; a second of waiting proves it, but success may take longer on a busy machine.
constexpr const char* kBlocked = "1";
constexpr const char* kSlow = "60";
constexpr int kTimedOut = 124;
int peer_sets_label(const std::string& path, const char* seconds) {
    return test::run_program({"timeout", seconds, "cryptsetup", "config", "--label", "x", path})
        .status;
}
int peer_reads(const std::string& path, const char* seconds) {
    return test::run_program({"timeout", seconds, "cryptsetup", "luksUUID", path}).status;
}

void excludes_the_peer(const std::string& path) {
    const auto device = open_file_device(path, Access::ReadWrite);
    ASSERT_TRUE(device);
    {
        const auto lock = (*device)->lock(LockMode::Exclusive);
        ASSERT_TRUE(lock) << lock.error().message;
        EXPECT_EQ(peer_reads(path, kBlocked), kTimedOut);
    }
    {
        const auto lock = (*device)->lock(LockMode::Shared);
        ASSERT_TRUE(lock);
        EXPECT_EQ(peer_reads(path, kSlow), 0);
        EXPECT_EQ(peer_sets_label(path, kBlocked), kTimedOut);
    }
    EXPECT_EQ(peer_sets_label(path, kSlow), 0);
}

TEST(LockAndPeer, ExcludeEachOtherOnAFile) {
    if (!peer_is_here()) GTEST_SKIP() << "no cryptsetup here";
    const TempDir dir;
    const std::string path = dir.sparse_file("image", 32 << 20);
    ASSERT_TRUE(peer_formats(path));
    excludes_the_peer(path);
}

TEST(LockAndPeer, ExcludeEachOtherOnABlockDevice) {
    if (!peer_is_here()) GTEST_SKIP() << "no cryptsetup here";
    const TempDir dir;
    LATCHKEY_LOOP_OR_SKIP(loop, dir.sparse_file("image", 32 << 20));
    ASSERT_TRUE(peer_formats(loop.path()));
    excludes_the_peer(loop.path());
    struct stat status = {};
    ASSERT_EQ(::stat(loop.path().c_str(), &status), 0);
    EXPECT_FALSE(std::filesystem::exists(
        strprintf("%s/L_%u:%u", kLockDirectory, ::major(status.st_rdev), ::minor(status.st_rdev))));
}

TEST(LockAndPeer, GetsItsTurnAndWeSeeWhatItWrote) {
    if (!peer_is_here()) GTEST_SKIP() << "no cryptsetup here";
    const TempDir dir;
    const std::string path = dir.sparse_file("image", 32 << 20);
    ASSERT_TRUE(peer_formats(path));
    const auto device = open_file_device(path, Access::ReadWrite);
    ASSERT_TRUE(device);
    auto lock = (*device)->lock(LockMode::Exclusive);
    ASSERT_TRUE(lock);
    std::thread peer([&] {
        const auto result = test::run_program({"cryptsetup", "config", "--label", "peer", path});
        EXPECT_EQ(result.status, 0);
    });
    std::this_thread::sleep_for(milliseconds{200});
    lock = fail(Errc::InvalidArgument, "gone");
    peer.join();
    const auto again = (*device)->lock(LockMode::Exclusive);
    ASSERT_TRUE(again);
    Bytes label(48);
    ASSERT_TRUE((*device)->read(24, label));
    EXPECT_EQ(std::string_view(reinterpret_cast<const char*>(label.data())), "peer");
}

}  // namespace
}  // namespace latchkey::io
