// SPDX-License-Identifier: LGPL-2.1-or-later
#include "io/overlay_device.h"

#include <algorithm>
#include <mutex>

#include "io/range.h"

namespace latchkey::io {

OverlayDevice::OverlayDevice(std::shared_ptr<BlockDevice> base)
    : base_(std::move(base)), size_(base_->size()) {}

std::vector<ByteRange> OverlayDevice::changed_ranges() const {
    const std::shared_lock lock(guard_);
    return changed_.ranges();
}

// After grow, bytes behind the end of the device below read as zeros.
Result<void> OverlayDevice::read_base(std::uint64_t offset, MutableByteView into) const {
    const std::uint64_t base_size = base_->size();
    const std::uint64_t there =
        offset < base_size ? std::min<std::uint64_t>(into.size(), base_size - offset) : 0;
    std::ranges::fill(into.subspan(there), std::byte{0});
    if (there == 0) return {};
    return base_->read(offset, into.first(there));
}

Result<void> OverlayDevice::read(std::uint64_t offset, MutableByteView into) const {
    const std::shared_lock lock(guard_);
    LK_TRY(check_range(name(), offset, into.size(), size_));
    while (!into.empty()) {
        const std::uint64_t within = offset % kBlock;
        const auto block = blocks_.lower_bound(offset / kBlock);
        std::uint64_t count = 0;
        if (block != blocks_.end() && block->first == offset / kBlock) {
            count = std::min<std::uint64_t>(into.size(), kBlock - within);
            std::ranges::copy(ByteView(*block->second).subspan(within, count), into.begin());
        } else {
            // Reads up to the next changed block at once.
            count = into.size();
            if (block != blocks_.end())
                count = std::min<std::uint64_t>(count, block->first * kBlock - offset);
            LK_TRY(read_base(offset, into.first(count)));
        }
        into = into.subspan(count);
        offset += count;
    }
    return {};
}

Result<void> OverlayDevice::write(std::uint64_t offset, ByteView bytes) {
    const std::unique_lock lock(guard_);
    LK_TRY(check_range(name(), offset, bytes.size(), size_));
    while (!bytes.empty()) {
        const std::uint64_t within = offset % kBlock;
        const std::uint64_t count = std::min<std::uint64_t>(bytes.size(), kBlock - within);
        auto block = blocks_.find(offset / kBlock);
        if (block == blocks_.end()) {
            auto fresh = std::make_unique_for_overwrite<Block>();
            if (count < kBlock) LK_TRY(read_base(offset - within, *fresh));
            block = blocks_.emplace(offset / kBlock, std::move(fresh)).first;
        }
        std::ranges::copy(bytes.first(count), block->second->begin() + within);
        changed_.add(offset, count);
        bytes = bytes.subspan(count);
        offset += count;
    }
    return {};
}

Result<void> OverlayDevice::grow(std::uint64_t size) {
    const std::unique_lock lock(guard_);
    if (size <= size_) return {};
    if (!base_->topology().regular_file) return check_range(name(), 0, size, size_);
    size_ = size;
    return {};
}

std::uint64_t OverlayDevice::size() const {
    const std::shared_lock lock(guard_);
    return size_;
}

Result<std::unique_ptr<BlockDevice::Lock>> OverlayDevice::lock(LockMode, const LockWait& wait) {
    return base_->lock(LockMode::Shared, wait);
}

}  // namespace latchkey::io
