// SPDX-License-Identifier: LGPL-2.1-or-later
#include "formats/transaction.h"

#include "io/wipe.h"

namespace latchkey::formats {

Result<MetadataLock> lock_metadata(const Context& context, io::BlockDevice& device) {
    if (!context.policy.metadata_locks) return MetadataLock();
    return device.lock(io::BlockDevice::LockMode::Exclusive, {.cancelled = &context.cancelled()});
}

Result<void> TransactionOnDevice::lock() {
    if (device_->read_only())
        return fail(Errc::AccessDenied, "%s is read only", device_->name().c_str());
    LK_ASSIGN(lock_, lock_metadata(*context_, *device_));
    return {};
}

Result<void> TransactionOnDevice::write_area(const ByteRange& area, ByteView bytes) {
    LK_TRY(device_->write(area.offset, bytes));
    return device_->flush();
}

Result<void> TransactionOnDevice::wipe_area(const ByteRange& area) {
    return io::destroy(*context_, *device_, area);
}

Result<void> TransactionOnDevice::wipe_area_to_the_end(const ByteRange& area) {
    if (context_->cancelled().load(std::memory_order_relaxed))
        return fail(Errc::Interrupted, "stopped before %s was changed", device_->name().c_str());
    Context whole;
    whole.random = context_->random;
    return io::wipe(whole, *device_, area, io::WipePattern::Destroy);
}

}  // namespace latchkey::formats
