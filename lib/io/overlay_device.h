// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <array>
#include <map>
#include <memory>
#include <shared_mutex>
#include <vector>

#include "io/block_device.h"
#include "io/range_set.h"

namespace latchkey::io {

// Reads from the device below and keeps writes in memory.  The real code can run over it and change nothing
// (--dry-run), and images that differ little can share their common bytes.
class OverlayDevice final : public BlockDevice {
  public:
    explicit OverlayDevice(std::shared_ptr<BlockDevice> base);

    [[nodiscard]] const std::shared_ptr<BlockDevice>& base() const { return base_; }
    // Returns the ranges that were written, merged and sorted by offset.
    [[nodiscard]] std::vector<ByteRange> changed_ranges() const;

    [[nodiscard]] Result<void> read(std::uint64_t offset, MutableByteView into) const override;
    [[nodiscard]] Result<void> write(std::uint64_t offset, ByteView bytes) override;
    [[nodiscard]] Result<void> flush() override { return {}; }
    [[nodiscard]] Result<void> grow(std::uint64_t size) override;
    [[nodiscard]] std::uint64_t size() const override;
    [[nodiscard]] Topology topology() const override { return base_->topology(); }
    [[nodiscard]] bool read_only() const override { return false; }
    [[nodiscard]] const std::string& name() const override { return base_->name(); }
    [[nodiscard]] DeviceIdentity identity() const override { return base_->identity(); }
    // Always takes a shared lock of the device below, which this overlay never changes.
    [[nodiscard]] Result<std::unique_ptr<Lock>> lock(LockMode mode, const LockWait& wait) override;

  private:
    static constexpr std::uint64_t kBlock = 4096;  // bytes
    using Block = std::array<std::byte, kBlock>;

    [[nodiscard]] Result<void> read_base(std::uint64_t offset, MutableByteView into) const;

    std::shared_ptr<BlockDevice> base_;
    mutable std::shared_mutex guard_;
    std::uint64_t size_;
    std::map<std::uint64_t, std::unique_ptr<Block>> blocks_;  // by block number
    RangeSet changed_;
};

}  // namespace latchkey::io
