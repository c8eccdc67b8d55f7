// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <functional>
#include <optional>
#include <vector>

#include "io/block_device.h"
#include "latchkey/device.h"

namespace latchkey::test {

// The faults of a device, and their time.  Operations are counted from 0.
struct Faults {
    std::optional<std::size_t> read = {};   // this read fails ...
    std::optional<std::size_t> write = {};  // ... or this write ...
    std::optional<std::size_t> flush = {};  // ... or this flush
    Errc code = Errc::Io;                   // Unreadable for reads
    std::optional<std::size_t> lock = {};   // ... or this lock is refused
    bool no_growing = false;                // growing the device, or reserving storage, also fails
    bool for_good = true;                   // all later operations of that kind fail too
    bool half_written = false;  // the failing write stores its first half, in whole sectors
    std::vector<ByteRange> bad_ranges = {};  // every read that touches one of them fails
    std::optional<std::uint64_t> size = {};  // a device shorter than the image behind it
    bool read_only = false;
    // A second read of the same bytes returns different ones, to catch code that checks bytes and reads them again.
    bool second_read_lies = false;
    // Called before every read returns: (number, offset, bytes).
    std::function<void(std::size_t, std::uint64_t, MutableByteView)> change_read = {};
};

// A device between the code and its storage that counts operations and fails on demand.  For one thread.
class FaultDevice final : public io::BlockDevice {
  public:
    explicit FaultDevice(std::shared_ptr<io::BlockDevice> base, Faults what = {})
        : faults(std::move(what)), base_(std::move(base)) {}

    Faults faults;  // may be changed at any time

    [[nodiscard]] std::size_t reads() const { return reads_; }
    [[nodiscard]] std::size_t writes() const { return writes_; }
    // Returns the number of writes that reached the storage at least in part.
    [[nodiscard]] std::size_t writes_done() const { return writes_done_; }
    [[nodiscard]] std::size_t flushes() const { return flushes_; }
    [[nodiscard]] std::size_t lock_calls() const { return lock_calls_; }
    [[nodiscard]] const std::vector<LockMode>& locks() const { return locks_; }
    [[nodiscard]] int locks_held() const { return *locks_held_; }

    [[nodiscard]] Result<void> read(std::uint64_t offset, MutableByteView into) const override;
    [[nodiscard]] Result<void> write(std::uint64_t offset, ByteView bytes) override;
    [[nodiscard]] Result<void> flush() override;
    [[nodiscard]] Result<void> grow(std::uint64_t size) override;
    void shrink(std::uint64_t size) override { base_->shrink(size); }
    [[nodiscard]] Result<void> reserve(std::uint64_t bytes) override;
    [[nodiscard]] std::uint64_t size() const override;
    [[nodiscard]] io::Topology topology() const override { return base_->topology(); }
    [[nodiscard]] bool read_only() const override { return faults.read_only; }
    [[nodiscard]] const std::string& name() const override { return base_->name(); }
    [[nodiscard]] Result<std::unique_ptr<Lock>> lock(LockMode mode,
                                                     const io::LockWait& wait) override;

  private:
    [[nodiscard]] bool fails(const std::optional<std::size_t>& when, std::size_t now) const;

    std::shared_ptr<io::BlockDevice> base_;
    mutable std::size_t reads_ = 0;
    std::size_t writes_ = 0;
    std::size_t writes_done_ = 0;
    std::size_t flushes_ = 0;
    mutable std::vector<bool> seen_;  // by byte, for second_read_lies
    std::size_t lock_calls_ = 0;
    std::vector<LockMode> locks_;
    std::shared_ptr<int> locks_held_ = std::make_shared<int>(0);
};

}  // namespace latchkey::test
