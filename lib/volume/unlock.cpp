// SPDX-License-Identifier: LGPL-2.1-or-later
#include "crypto/kdf.h"
#include "formats/format.h"
#include "formats/keyslot_refusal.h"
#include "latchkey/volume.h"
#include "volume/guard.h"

namespace latchkey {

Result<UnlockedVolume> Volume::unlock(Context& context, const Passphrase& passphrase,
                                      const UnlockOptions& options) const {
    if (options.keyslot) LK_TRY(volume::find_keyslot(header_->keyslots(), *options.keyslot));
    auto tried = header_->unlock(context, passphrase, options);
    crypto::tell_broken_kernels(context);
    LK_ASSIGN(formats::Unlocked opened, std::move(tried));
    UnlockedVolume unlocked{.key = std::move(opened.key),
                            .keyslot = opened.keyslot,
                            .unbound = opened.unbound,
                            .empty_passphrase = passphrase.size() == 0,
                            .more_keys = std::move(opened.more_keys)};
    for (const KeyslotInfo& slot : header_->keyslots())
        if (slot.number == opened.keyslot) unlocked.keyslot_name = slot.name;
    return unlocked;
}

Result<void> Volume::check_cost(const Context& context, const std::vector<int>& keyslots) const {
    return header_->check_cost(context, keyslots);
}

Result<VolumeKey> Volume::verify(Context& context, CandidateKey key) const {
    auto verified = header_->verify(context, std::move(key));
    if (!verified) return formats::as_key_mismatch(std::move(verified).error());
    return verified;
}

}  // namespace latchkey
