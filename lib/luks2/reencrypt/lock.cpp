// SPDX-License-Identifier: LGPL-2.1-or-later
#include "luks2/reencrypt/lock.h"

#include "base/i18n.h"
#include "formats/transaction.h"
#include "io/lock.h"

namespace latchkey::luks2 {
namespace {

Result<formats::MetadataLock> lock_of_machine(const Context& context, const Metadata& metadata) {
    return io::acquire_reencryption_lock(metadata.binary.uuid,
                                         {.limit = {}, .cancelled = &context.cancelled()});
}

}  // namespace

Result<formats::MetadataLock> lock_reencryption(Context& context, io::BlockDevice& device,
                                                const Metadata& metadata) {
    if (!context.policy.metadata_locks) return formats::MetadataLock();
    auto lock = lock_of_machine(context, metadata);
    if (lock || lock.error().code != Errc::AccessDenied) return lock;
    context.debug("no lock for the reencryption: %s", lock.error().message.c_str());
    return formats::lock_metadata(context, device);
}

Result<void> check_not_moving(Context& context, const Metadata& metadata) {
    if (!context.policy.metadata_locks) return {};
    const auto lock = lock_of_machine(context, metadata);
    if (lock || lock.error().code != Errc::Locked) return {};
    Error error = lock.error();
    return std::move(error).within(translate("the data are being reencrypted just now"));
}

}  // namespace latchkey::luks2
