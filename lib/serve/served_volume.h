// SPDX-License-Identifier: LGPL-2.1-or-later
// The volume that a process serves: its plaintext, its key, and the operations allowed while it is in use.
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

// Thread-safe.  While the volume is suspended, reads and writes wait, and this process holds no key.
class ServedVolume {
  public:
    // `keys` holds the plan's keys, one after the other.  `data` is open for reading, and for writing unless the order
    // says read-only.  Returns the errors of open_crypt_device().
    [[nodiscard]] static Result<std::unique_ptr<ServedVolume>> make(userspace::Order order,
                                                                    UniqueFd data,
                                                                    SecretBuffer keys);

    // Reads at most to the end of the volume; returns the number of bytes read.
    [[nodiscard]] Result<std::size_t> read(std::uint64_t offset, MutableByteView into) const;
    // NoSpace beyond the end, AccessDenied if the volume is read-only.
    [[nodiscard]] Result<void> write(std::uint64_t offset, ByteView bytes);
    [[nodiscard]] Result<void> flush();
    // Discards the whole sectors inside the range; the complete range then reads as zeros.  NotSupported unless
    // discards are allowed.
    [[nodiscard]] Result<void> discard(std::uint64_t offset, std::uint64_t length);
    [[nodiscard]] std::uint64_t size() const { return size_.load(); }
    [[nodiscard]] bool read_only() const { return order_.read_only; }

    // Waits for operations in progress, flushes, and wipes the keys.
    [[nodiscard]] Result<void> suspend();
    [[nodiscard]] Result<void> resume(SecretBuffer keys);
    // `size_sectors` counts 512-byte sectors; 0 = the whole device.
    [[nodiscard]] Result<void> resize(std::uint64_t size_sectors);
    [[nodiscard]] Result<void> refresh(bool allow_discards, std::uint64_t size_sectors,
                                       SecretBuffer keys);
    // Flushes and wipes the keys for good; later operations fail.
    [[nodiscard]] Result<void> end();

    [[nodiscard]] MappingInfo info() const;

  private:
    ServedVolume(userspace::Order order, UniqueFd data)
        : order_(std::move(order)), data_fd_(std::move(data)) {}
    // Call with `gate_` held exclusively, or before another thread knows this object.
    [[nodiscard]] Result<void> open(const std::vector<VolumeKey>& keys,
                                    std::optional<std::uint64_t> size_sectors);
    [[nodiscard]] Result<std::vector<VolumeKey>> cut(const SecretBuffer& keys) const;
    // Waits until the volume is not suspended; Io once it has ended.
    [[nodiscard]] Result<std::shared_lock<std::shared_mutex>> enter() const;

    userspace::Order order_;
    UniqueFd data_fd_;
    mutable std::shared_mutex gate_;
    mutable std::condition_variable_any resumed_;
    bool ended_ = false;
    bool may_have_holes_ = false;  // true once discards were allowed
    std::vector<VolumeKey> keys_;  // none while suspended
    std::shared_ptr<io::BlockDevice> data_;
    std::shared_ptr<io::BlockDevice> plaintext_;  // null while suspended
    std::atomic<std::uint64_t> size_{0};          // bytes
};

}  // namespace latchkey::serve
