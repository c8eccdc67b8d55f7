// SPDX-License-Identifier: LGPL-2.1-or-later
#include "luks2/update.h"

#include "base/i18n.h"
#include "base/strprintf.h"
#include "formats/keyslot_refusal.h"
#include "io/wipe.h"
#include "latchkey/device.h"

namespace latchkey::luks2 {

Result<std::unique_ptr<io::BlockDevice::Lock>> lock_exclusively(const Context& context,
                                                                io::BlockDevice& device) {
    if (!context.policy.metadata_locks) return std::unique_ptr<io::BlockDevice::Lock>();
    return device.lock(io::BlockDevice::LockMode::Exclusive, {.cancelled = &context.cancelled()});
}

Result<void> refuse_foreign_signatures(const std::shared_ptr<io::BlockDevice>& device) {
    LK_ASSIGN(const std::vector<Signature> signatures, find_signatures(Device(device)));
    for (const Signature& signature : signatures)
        if (signature.name != "crypto_LUKS")
            return fail(Errc::CorruptHeader,
                        "a LUKS2 header copy is damaged, and %s also holds a %s %s signature",
                        device->name().c_str(), signature.name.c_str(), signature.kind.c_str())
                .with_hint(translate(N_("repair overwrites the other signature")));
    return {};
}

Update::Update(Context& context, std::shared_ptr<io::BlockDevice> device,
               std::unique_ptr<io::BlockDevice::Lock> lock, StoredMetadata stored)
    : context_(&context),
      device_(std::move(device)),
      lock_(std::move(lock)),
      stored_(std::move(stored)) {}

Result<Update> Update::begin(Context& context, std::shared_ptr<io::BlockDevice> device,
                             const Metadata& known, bool heal, Requirements allowed,
                             const StoredMetadata* held) {
    if (device->read_only())
        return fail(Errc::AccessDenied, "%s is read only", device->name().c_str());
    LK_ASSIGN(auto lock, lock_exclusively(context, *device));
    if (held == nullptr) {
        LK_ASSIGN(StoredMetadata stored, reread_metadata(*device, known));
        return begin_with(context, std::move(device), std::move(lock), std::move(stored), heal,
                          allowed);
    }
    LK_TRY(check_same_volume(*device, *held, known));
    return begin_with(context, std::move(device), std::move(lock), *held, heal, allowed);
}

Result<Update> Update::begin_with(Context& context, std::shared_ptr<io::BlockDevice> device,
                                  std::unique_ptr<io::BlockDevice::Lock> lock,
                                  StoredMetadata stored, bool heal, Requirements allowed) {
    LK_TRY(check_requirements(stored.metadata.config(), allowed));
    if (!stored.both_good()) {
        if (!heal)
            return fail(Errc::CorruptHeader, "a header copy is damaged: %s", stored.damage.c_str());
        LK_TRY(refuse_foreign_signatures(device));
    }
    return Update(context, std::move(device), std::move(lock), std::move(stored));
}

Result<void> Update::expect_unchanged(const Metadata& known, int number) const {
    const Keyslot* then = known.keyslot(number);
    const Keyslot* now = current().keyslot(number);
    if (now == nullptr) return formats::keyslot_empty(number);
    if (then == nullptr || then->type != now->type || then->kdf_salt != now->kdf_salt)
        return fail(Errc::ConcurrentChange, "keyslot %d was changed by another process", number);
    return {};
}

Result<void> Update::write_area(const Area& area, ByteView bytes) {
    LK_TRY(device_->write(area.offset, bytes));
    return device_->flush();
}

Result<void> Update::prepare(const Metadata& next) {
    LK_ASSIGN(prepared_, prepare_metadata(*context_, *device_, next));
    return {};
}

Result<void> Update::commit() {
    auto written = write_prepared(*device_, *prepared_);
    if (!written && written.error().code != Errc::Unfinished) return written;
    if (written && !stored_.both_good() && !Device(device_).is_shadow())
        context_->log(LogLevel::Warning, "the damaged header copy on %s was rewritten",
                      device_->name().c_str());
    stored_ = StoredMetadata{.metadata = std::move(prepared_->metadata)};
    prepared_.reset();
    return written;
}

Result<void> Update::commit(const Metadata& next) {
    LK_TRY(prepare(next));
    return commit();
}

Result<void> Update::wipe_area(const Area& area) {
    return io::destroy(*context_, *device_, {.offset = area.offset, .length = area.size});
}

Result<void> Update::wipe_area_to_the_end(const Area& area) {
    if (context_->cancelled().load(std::memory_order_relaxed))
        return fail(Errc::Interrupted, "stopped before %s was changed", device_->name().c_str());
    Context whole;
    whole.random = context_->random;
    return io::wipe(whole, *device_, {.offset = area.offset, .length = area.size},
                    io::WipePattern::Destroy);
}

}  // namespace latchkey::luks2
