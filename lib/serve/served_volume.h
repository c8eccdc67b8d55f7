// SPDX-License-Identifier: LGPL-2.1-or-later
// The volume that a process serves: its plaintext, its key, and what may be done to it while it is in use.
#pragma once

#include <atomic>
#include <condition_variable>
#include <memory>
#include <optional>
#include <shared_mutex>

#include "activate/userspace/order.h"
#include "base/bytes.h"
#include "base/unique_fd.h"
#include "io/block_device.h"
#include "latchkey/context.h"
#include "latchkey/mapping_info.h"
#include "latchkey/secret.h"

namespace latchkey::serve {

// Thread-safe.  While it is suspended reads and writes wait, and there is no key in this process.
class ServedVolume {
  public:
    // `keys` are the plan's, one after the other.  `data` is open for reading, and for writing unless the order says read only.  Errors of open_crypt_device().
    [[nodiscard]] static Result<std::unique_ptr<ServedVolume>> make(userspace::Order order,
                                                                    UniqueFd data,
                                                                    SecretBuffer keys);

    // Reads to the end of the volume at most; returns how much.
    [[nodiscard]] Result<std::size_t> read(std::uint64_t offset, MutableByteView into) const;
    // NoSpace beyond the end, AccessDenied if it is read only.
    [[nodiscard]] Result<void> write(std::uint64_t offset, ByteView bytes);
    [[nodiscard]] Result<void> flush();
    // Gives the sectors inside the range back to the disk; all of it reads as zeros.  NotSupported unless discards are
    // allowed.
    [[nodiscard]] Result<void> discard(std::uint64_t offset, std::uint64_t length);
    [[nodiscard]] std::uint64_t size() const { return size_.load(); }
    [[nodiscard]] bool read_only() const { return order_.read_only; }

    // Waits for what is under way, flushes, and forgets the keys.
    [[nodiscard]] Result<void> suspend();
    [[nodiscard]] Result<void> resume(SecretBuffer keys);
    // 512-byte sectors; 0 = all there is.
    [[nodiscard]] Result<void> resize(std::uint64_t size_sectors);
    [[nodiscard]] Result<void> refresh(bool allow_discards, std::uint64_t size_sectors,
                                       SecretBuffer keys);
    // Flushes and forgets the keys for good; what comes later fails.
    [[nodiscard]] Result<void> end();

    [[nodiscard]] MappingInfo info() const;

  private:
    ServedVolume(userspace::Order order, UniqueFd data)
        : order_(std::move(order)), data_fd_(std::move(data)) {}
    // With `gate_` held exclusively, or before anybody else knows of it.
    [[nodiscard]] Result<void> open(const std::vector<VolumeKey>& keys,
                                    std::optional<std::uint64_t> size_sectors);
    [[nodiscard]] Result<std::vector<VolumeKey>> cut(const SecretBuffer& keys) const;
    // Waits until it is not suspended; Io once it has ended.
    [[nodiscard]] Result<std::shared_lock<std::shared_mutex>> enter() const;

    userspace::Order order_;
    UniqueFd data_fd_;
    mutable std::shared_mutex gate_;
    mutable std::condition_variable_any resumed_;
    bool ended_ = false;
    bool may_have_holes_ = false;  // once they were allowed
    std::vector<VolumeKey> keys_;  // none while suspended
    std::shared_ptr<io::BlockDevice> data_;
    std::shared_ptr<io::BlockDevice> plaintext_;  // null while suspended
    std::atomic<std::uint64_t> size_{0};          // bytes
};

}  // namespace latchkey::serve
