// SPDX-License-Identifier: LGPL-2.1-or-later
// Metadata locks between processes (docs/formats/luks2.md section 8), which every LUKS2 program respects.
#pragma once

#include <sys/types.h>

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "io/block_device.h"

namespace latchkey::io {

inline constexpr const char* kLockDirectory = "/run/cryptsetup";

// What to lock.
struct LockTarget {
    std::string name;  // for messages
    int fd = -1;       // the open device, which stays the caller's
    bool block_device = false;
    dev_t number = 0;                        // device number of a block device
    std::string directory = kLockDirectory;  // of lock files; tests use another one
};

// Locks block devices with flock on DIRECTORY/L_<major>:<minor>, regular files with flock on the file.
//
// A reader gets no lock on a block device if the lock directory is missing or not accessible (an ordinary user with
// read access, an initramfs without /run).  Reading is safe all the same: a LUKS2 header has two copies with checksums,
// so a reader notices a half-written one, and the peer never locks LUKS1.
// A writer needs the lock and gets AccessDenied instead.  Locked: `wait` ended; the error names what is locked.
[[nodiscard]] Result<std::unique_ptr<BlockDevice::Lock>> acquire_lock(const LockTarget& target,
                                                                      BlockDevice::LockMode mode,
                                                                      const LockWait& wait);

// Takes an exclusive lock that belongs to no device: DIRECTORY/LN_<name>.  `what` names its purpose in messages.
[[nodiscard]] Result<std::unique_ptr<BlockDevice::Lock>> acquire_named_lock(
    const std::string& name, const std::string& what, const LockWait& wait,
    const std::string& directory = kLockDirectory);

// Takes the lock of the program that reencrypts the volume with this uuid, the peer included.
[[nodiscard]] Result<std::unique_ptr<BlockDevice::Lock>> acquire_reencryption_lock(
    const std::string& uuid, const LockWait& wait);

// Takes an exclusive lock by a file of this name in `directory`; the last holder removes it.
[[nodiscard]] Result<std::unique_ptr<BlockDevice::Lock>> acquire_file_lock(
    const std::string& directory, const std::string& file, const std::string& what,
    const LockWait& wait);

// The locks of one device.  A thread may lock again what it already holds.
class LockTable {
  public:
    [[nodiscard]] Result<std::unique_ptr<BlockDevice::Lock>> lock(const LockTarget& target,
                                                                  BlockDevice::LockMode mode,
                                                                  const LockWait& wait);

  private:
    struct Held {
        BlockDevice::LockMode mode;
        std::unique_ptr<BlockDevice::Lock> lock;
    };
    class Share;

    std::mutex guard_;
    std::map<std::thread::id, std::weak_ptr<Held>> held_;
};

}  // namespace latchkey::io
