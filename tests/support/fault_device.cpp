// SPDX-License-Identifier: GPL-2.0-or-later
#include "support/fault_device.h"

#include <algorithm>

#include "io/range.h"

namespace latchkey::test {
namespace {

class CountedLock final : public io::BlockDevice::Lock {
  public:
    CountedLock(std::unique_ptr<Lock> inner, std::shared_ptr<int> held)
        : inner_(std::move(inner)), held_(std::move(held)) {
        ++*held_;
    }
    CountedLock(const CountedLock&) = delete;
    CountedLock& operator=(const CountedLock&) = delete;
    ~CountedLock() override { --*held_; }

  private:
    std::unique_ptr<Lock> inner_;
    std::shared_ptr<int> held_;
};

}  // namespace

bool FaultDevice::fails(const std::optional<std::size_t>& when, std::size_t now) const {
    return when && (faults.for_good ? now >= *when : now == *when);
}

Result<void> FaultDevice::read(std::uint64_t offset, MutableByteView into) const {
    const std::size_t number = reads_++;
    const Errc code = faults.code == Errc::Io ? Errc::Unreadable : faults.code;
    if (fails(faults.read, number)) return fail(code, "read %zu fails by plan", number);
    for (const ByteRange& bad : faults.bad_ranges)
        if (const std::uint64_t at = std::max(bad.offset, offset);
            at < std::min(bad.offset + bad.length, offset + into.size()))
            return fail(Errc::Unreadable,
                        "cannot read device %s at offset %llu: Input/output error", name().c_str(),
                        static_cast<unsigned long long>(at));
    LK_TRY(io::check_range(name(), offset, into.size(), size()));
    LK_TRY(base_->read(offset, into));
    if (faults.second_read_lies) {
        if (seen_.size() < offset + into.size()) seen_.resize(offset + into.size());
        for (std::size_t i = 0; i < into.size(); ++i) {
            if (seen_[offset + i]) into[i] = ~into[i];
            seen_[offset + i] = true;
        }
    }
    if (faults.change_read) faults.change_read(number, offset, into);
    return {};
}

Result<void> FaultDevice::write(std::uint64_t offset, ByteView bytes) {
    const std::size_t number = writes_++;
    if (read_only()) return fail(Errc::AccessDenied, "the device is read-only by plan");
    if (fails(faults.write, number)) {
        if (faults.half_written && number == *faults.write) {
            // A disk writes a sector completely or not at all.
            std::size_t half = bytes.size() / 2;
            if (bytes.size() % kSectorSize == 0) half -= half % kSectorSize;
            if (half != 0) ++writes_done_;
            LK_TRY(base_->write(offset, bytes.first(half)));
        }
        return fail(faults.code, "write %zu fails by plan", number);
    }
    LK_TRY(io::check_range(name(), offset, bytes.size(), size()));
    ++writes_done_;
    return base_->write(offset, bytes);
}

Result<void> FaultDevice::flush() {
    const std::size_t number = flushes_++;
    if (fails(faults.flush, number)) return fail(faults.code, "flush %zu fails by plan", number);
    return base_->flush();
}

Result<void> FaultDevice::grow(std::uint64_t wanted) {
    if (faults.size) return io::check_range(name(), 0, wanted, size());
    if (faults.no_growing && wanted > size()) return fail(faults.code, "growing fails by plan");
    return base_->grow(wanted);
}

Result<void> FaultDevice::reserve(std::uint64_t bytes) {
    if (faults.no_growing) return fail(faults.code, "taking storage fails by plan");
    return base_->reserve(bytes);
}

std::uint64_t FaultDevice::size() const {
    return std::min(base_->size(), faults.size.value_or(base_->size()));
}

Result<std::unique_ptr<io::BlockDevice::Lock>> FaultDevice::lock(LockMode mode,
                                                                 const io::LockWait& wait) {
    if (fails(faults.lock, lock_calls_++))
        return fail(Errc::Locked, "lock %zu is not had by plan", lock_calls_ - 1);
    LK_ASSIGN(auto inner, base_->lock(mode, wait));
    locks_.push_back(mode);
    return std::make_unique<CountedLock>(std::move(inner), locks_held_);
}

}  // namespace latchkey::test
