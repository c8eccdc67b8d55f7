// SPDX-License-Identifier: LGPL-2.1-or-later
#include "io/mem_device.h"

#include <algorithm>
#include <mutex>

#include "io/range.h"

namespace latchkey::io {

MemDevice::MemDevice(Bytes bytes, std::string name, const Topology& topology)
    : bytes_(std::move(bytes)), name_(std::move(name)), topology_(topology) {}

Result<void> MemDevice::read(std::uint64_t offset, MutableByteView into) const {
    const std::shared_lock guard(growing_);
    LK_TRY(check_range(name_, offset, into.size(), bytes_.size()));
    // Does not use std::ranges::copy, which g++ 12 compiles to a loop over bytes.
    const auto from = bytes_.begin() + static_cast<std::ptrdiff_t>(offset);
    std::copy_n(from, into.size(), into.begin());
    return {};
}

Result<void> MemDevice::write(std::uint64_t offset, ByteView bytes) {
    // A shared lock is enough: ranges written at the same time do not overlap.
    const std::shared_lock guard(growing_);
    LK_TRY(check_range(name_, offset, bytes.size(), bytes_.size()));
    std::copy(bytes.begin(), bytes.end(), bytes_.begin() + static_cast<std::ptrdiff_t>(offset));
    return {};
}

Result<void> MemDevice::grow(std::uint64_t size) {
    const std::unique_lock guard(growing_);
    if (size <= bytes_.size()) return {};
    if (!topology_.regular_file) return check_range(name_, 0, size, bytes_.size());
    if (size > bytes_.max_size())
        return fail(Errc::DeviceFull, "cannot grow %s to %llu bytes", name_.c_str(),
                    static_cast<unsigned long long>(size));
    bytes_.resize(size);
    return {};
}

void MemDevice::shrink(std::uint64_t size) {
    const std::unique_lock guard(growing_);
    if (topology_.regular_file && size < bytes_.size()) bytes_.resize(size);
}

std::uint64_t MemDevice::size() const {
    const std::shared_lock guard(growing_);
    return bytes_.size();
}

Result<std::unique_ptr<BlockDevice::Lock>> MemDevice::lock(LockMode, const LockWait&) {
    return std::make_unique<Lock>();
}

}  // namespace latchkey::io
