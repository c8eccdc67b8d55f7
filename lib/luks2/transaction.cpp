// SPDX-License-Identifier: LGPL-2.1-or-later
#include "luks2/transaction.h"

#include "base/i18n.h"
#include "formats/keyslot_refusal.h"
#include "latchkey/device.h"

namespace latchkey::luks2 {

Result<StoredMetadata> Store::read_again(const Context&, const io::BlockDevice& device,
                                         const StoredMetadata& known) {
    return reread_metadata(device, known.metadata);
}

Result<void> Store::check_same_volume(const Context&, const io::BlockDevice& device,
                                      const StoredMetadata& now, const StoredMetadata& known) {
    return luks2::check_same_volume(device, now, known.metadata);
}

Result<void> Store::check_same_keyslot(const Metadata& known, const Metadata& now, int number) {
    const Keyslot* before = known.keyslot(number);
    const Keyslot* present = now.keyslot(number);
    if (present == nullptr) return formats::keyslot_empty(number);
    if (before == nullptr || before->type != present->type || before->kdf_salt != present->kdf_salt)
        return fail(Errc::ConcurrentChange, "keyslot %d was changed by another process", number);
    return {};
}

Result<void> Store::write(Context& context, const std::shared_ptr<io::BlockDevice>& device,
                          const StoredMetadata& before, const PreparedMetadata& next) {
    LK_TRY(write_prepared(*device, next));
    if (!before.both_good() && !Device(device).is_shadow())
        context.log(LogLevel::Warning, "the damaged header copy on %s was rewritten",
                    device->name().c_str());
    return {};
}

Result<void> admit(const std::shared_ptr<io::BlockDevice>& device, const StoredMetadata& now,
                   bool heal, Requirements allowed) {
    LK_TRY(check_requirements(now.metadata.config(), allowed));
    if (now.both_good()) return {};
    if (!heal) return fail(Errc::CorruptHeader, "a header copy is damaged: %s", now.damage.c_str());
    return refuse_foreign_signatures(device);
}

Result<void> refuse_foreign_signatures(const std::shared_ptr<io::BlockDevice>& device) {
    LK_ASSIGN(const std::vector<Signature> signatures, find_signatures(Device(device)));
    for (const Signature& signature : signatures)
        if (signature.name != "crypto_LUKS")
            return fail(Errc::CorruptHeader,
                        "a LUKS2 header copy is damaged, and %s has a %s signature of '%s', too",
                        device->name().c_str(), signature.kind.c_str(), signature.name.c_str())
                .with_hint(translate(
                    N_("'repair' makes the header whole and keeps the LUKS volume; do not, if "
                       "what the other signature belongs to is what you want to keep")));
    return {};
}

}  // namespace latchkey::luks2
