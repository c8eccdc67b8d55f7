// SPDX-License-Identifier: LGPL-2.1-or-later
// Metadata locks between processes (docs/formats/luks2.md section 8), understood by every LUKS2 program.
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

// What is to be locked.
struct LockTarget {
    std::string name;  // for messages
    int fd = -1;       // the open device, which the lock does not take over
    bool block_device = false;
    dev_t number = 0;                        // of a block device
    std::string directory = kLockDirectory;  // of lock files; tests have their own
};

// Block devices are locked by flock on DIRECTORY/L_<major>:<minor>, regular files by flock on themselves.
//
// A shared lock of a block device is left out where the directory cannot be used for want of rights or of
// a place for it (an ordinary user with read access, an initramfs without /run): a LUKS2 header has two
// copies with checksums, so that a reader notices a half-written one, and the peer never locks LUKS1.
// Writing needs the lock: AccessDenied then.  Locked when `wait` ends, with the name of what is locked.
[[nodiscard]] Result<std::unique_ptr<BlockDevice::Lock>> acquire_lock(const LockTarget& target,
                                                                      BlockDevice::LockMode mode,
                                                                      const LockWait& wait);

// A lock of the machine and of no device: DIRECTORY/LN_<name>, exclusive.  `what` it is for goes into messages.
[[nodiscard]] Result<std::unique_ptr<BlockDevice::Lock>> acquire_named_lock(
    const std::string& name, const std::string& what, const LockWait& wait,
    const std::string& directory = kLockDirectory);

// The locks of one device: lets a thread take again what it holds.
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
