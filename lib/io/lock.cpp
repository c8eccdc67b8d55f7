// SPDX-License-Identifier: LGPL-2.1-or-later
#include "io/lock.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "base/i18n.h"
#include "base/strprintf.h"
#include "base/unique_fd.h"
#include "io/reopen.h"

namespace latchkey::io {
namespace {

using Lock = BlockDevice::Lock;
using LockMode = BlockDevice::LockMode;
using std::chrono::milliseconds;

// Polls flock, because the blocking call would wait for ever and could not be cancelled.  The pauses grow from 2 to 50
// ms, short enough for a user's ^C.
Result<void> wait_for_flock(int fd, LockMode mode, const LockWait& wait, const std::string& what) {
    const auto deadline = std::chrono::steady_clock::now() + wait.limit;
    const int operation = (mode == LockMode::Shared ? LOCK_SH : LOCK_EX) | LOCK_NB;
    milliseconds pause{2};
    while (true) {
        if (::flock(fd, operation) == 0) return {};
        if (errno != EWOULDBLOCK && errno != EINTR)
            return fail(Errc::Io, "cannot lock %s: %s", what.c_str(), std::strerror(errno));
        if (wait.cancelled && wait.cancelled->load(std::memory_order_relaxed))
            return fail(Errc::Interrupted, "stopped while waiting for the lock of %s",
                        what.c_str());
        const auto now = std::chrono::steady_clock::now();
        if (now >= deadline)
            return fail(Errc::Locked, "%s is locked by another process", what.c_str());
        const auto left = std::chrono::duration_cast<milliseconds>(deadline - now);
        std::this_thread::sleep_for(std::min(pause, left + milliseconds{1}));
        pause = std::min(pause * 2, milliseconds{50});
    }
}

// The lock of a regular file.  It belongs to the open file description, so closing releases it.
class FileLock final : public Lock {
  public:
    explicit FileLock(UniqueFd fd) : fd_(std::move(fd)) {}

  private:
    UniqueFd fd_;
};

bool still_there(int fd, int directory, const std::string& file) {
    struct stat by_fd = {};
    struct stat by_name = {};
    return ::fstat(fd, &by_fd) == 0 &&
           ::fstatat(directory, file.c_str(), &by_name, AT_SYMLINK_NOFOLLOW) == 0 &&
           by_fd.st_dev == by_name.st_dev && by_fd.st_ino == by_name.st_ino;
}

// A lock by a file in the lock directory.  The last holder removes the file.
class NamedLock final : public Lock {
  public:
    NamedLock(UniqueFd directory, std::string file, UniqueFd fd)
        : directory_(std::move(directory)), file_(std::move(file)), fd_(std::move(fd)) {}
    NamedLock(const NamedLock&) = delete;
    NamedLock& operator=(const NamedLock&) = delete;
    ~NamedLock() override {
        // Only a sole holder may unlink the file.  A waiting process then finds another inode at the path and starts
        // again.
        if (::flock(fd_.get(), LOCK_EX | LOCK_NB) == 0 &&
            still_there(fd_.get(), directory_.get(), file_))
            (void)::unlinkat(directory_.get(), file_.c_str(), 0);
    }

  private:
    UniqueFd directory_;
    std::string file_;
    UniqueFd fd_;
};

// Does not create the parent: this library does not create /run.
UniqueFd open_directory(const std::string& path) {
    constexpr int kFlags = O_RDONLY | O_NOFOLLOW | O_DIRECTORY | O_CLOEXEC;
    UniqueFd fd(::open(path.c_str(), kFlags));
    if (fd.valid() || errno != ENOENT) return fd;
    if (::mkdir(path.c_str(), 0700) != 0 && errno != EEXIST) return {};
    return UniqueFd(::open(path.c_str(), kFlags));
}

// Returns whether a reader may go on without a lock: the directory is missing or not accessible, which no attack
// causes.
bool out_of_reach(int error) {
    return error == EACCES || error == EPERM || error == EROFS || error == ENOENT;
}

Result<std::unique_ptr<Lock>> no_lock(const LockTarget& target, LockMode mode,
                                      const std::string& where, int error) {
    if (mode == LockMode::Shared && out_of_reach(error)) return std::make_unique<Lock>();
    return fail(out_of_reach(error) ? Errc::AccessDenied : Errc::Io,
                "failed to acquire %s lock on %s: %s: %s",
                mode == LockMode::Shared ? "read" : "write", target.name.c_str(), where.c_str(),
                std::strerror(error));
}

Result<std::unique_ptr<Lock>> lock_by_name(const LockTarget& target, const std::string& file,
                                           LockMode mode, const LockWait& wait) {
    const std::string path = target.directory + "/" + file;
    while (true) {
        UniqueFd directory = open_directory(target.directory);
        if (!directory.valid()) return no_lock(target, mode, target.directory, errno);
        UniqueFd fd(::openat(directory.get(), file.c_str(),
                             O_CREAT | O_NOFOLLOW | O_RDWR | O_CLOEXEC, 0644));
        if (!fd.valid()) return no_lock(target, mode, path, errno);
        struct stat status = {};
        if (::fstat(fd.get(), &status) != 0 || !S_ISREG(status.st_mode))
            return fail(Errc::Io, "lock %s of %s is not a regular file", path.c_str(),
                        target.name.c_str());
        LK_TRY(wait_for_flock(fd.get(), mode, wait,
                              strprintf("%s (lock %s)", target.name.c_str(), path.c_str())));
        if (still_there(fd.get(), directory.get(), file))
            return std::make_unique<NamedLock>(std::move(directory), file, std::move(fd));
        // The last holder unlinked the file between open and flock, so the next attempt opens a new file.
    }
}

Result<std::unique_ptr<Lock>> lock_itself(const LockTarget& target, LockMode mode,
                                          const LockWait& wait) {
    // Opens a separate description, because flock on a shared one would not exclude other threads of this process.
    // Network file systems require a writable one for an exclusive lock.
    UniqueFd fd = reopen(target.fd, target.name, O_RDWR);
    if (!fd.valid()) fd = reopen(target.fd, target.name, O_RDONLY);
    if (!fd.valid())
        return fail(Errc::Io, "cannot open %s again to lock it: %s", target.name.c_str(),
                    std::strerror(errno));
    LK_TRY(wait_for_flock(fd.get(), mode, wait, "file " + target.name));
    return std::make_unique<FileLock>(std::move(fd));
}

}  // namespace

Result<std::unique_ptr<Lock>> acquire_lock(const LockTarget& target, LockMode mode,
                                           const LockWait& wait) {
    if (!target.block_device) return lock_itself(target, mode, wait);
    return lock_by_name({.name = "device " + target.name, .directory = target.directory},
                        strprintf("L_%u:%u", ::major(target.number), ::minor(target.number)), mode,
                        wait);
}

Result<std::unique_ptr<Lock>> acquire_named_lock(const std::string& name, const std::string& what,
                                                 const LockWait& wait,
                                                 const std::string& directory) {
    return acquire_file_lock(directory, "LN_" + name, what, wait);
}

Result<std::unique_ptr<Lock>> acquire_reencryption_lock(const std::string& uuid,
                                                        const LockWait& wait) {
    return acquire_named_lock("LUKS2-reencryption-" + uuid, translate("the reencryption"), wait);
}

Result<std::unique_ptr<Lock>> acquire_file_lock(const std::string& directory,
                                                const std::string& file, const std::string& what,
                                                const LockWait& wait) {
    return lock_by_name({.name = what, .directory = directory}, file, LockMode::Exclusive, wait);
}

class LockTable::Share final : public Lock {
  public:
    explicit Share(std::shared_ptr<Held> held) : held_(std::move(held)) {}

  private:
    std::shared_ptr<Held> held_;
};

Result<std::unique_ptr<Lock>> LockTable::lock(const LockTarget& target, LockMode mode,
                                              const LockWait& wait) {
    const auto self = std::this_thread::get_id();
    {
        const std::lock_guard lock(guard_);
        std::erase_if(held_, [](const auto& entry) { return entry.second.expired(); });
        const auto entry = held_.find(self);
        if (auto held = entry == held_.end() ? nullptr : entry->second.lock()) {
            // flock cannot upgrade a shared lock without letting other processes in between.
            if (mode == LockMode::Exclusive && held->mode == LockMode::Shared)
                return fail(Errc::Locked, "the read lock on device %s cannot become a write lock",
                            target.name.c_str());
            return std::make_unique<Share>(std::move(held));
        }
    }
    LK_ASSIGN(auto lock, acquire_lock(target, mode, wait));
    auto held = std::make_shared<Held>(Held{mode, std::move(lock)});
    const std::lock_guard guard(guard_);
    held_[self] = held;
    return std::make_unique<Share>(std::move(held));
}

}  // namespace latchkey::io
