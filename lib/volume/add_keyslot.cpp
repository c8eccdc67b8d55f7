// SPDX-License-Identifier: LGPL-2.1-or-later
#include <cinttypes>

#include "formats/format.h"
#include "latchkey/volume.h"
#include "volume/new_keyslot.h"

namespace latchkey {

Result<int> Volume::add_keyslot(Context& context, const VolumeKey& key,
                                const Passphrase& passphrase, const NewKeyslot& keyslot) {
    LK_TRY(volume::check_free_keyslot(*header_, keyslot.number));
    LK_ASSIGN(const formats::KeyslotSpec spec,
              volume::decide_keyslot(context, *header_, keyslot, key.size()));
    return volume::as_no_room(header_->add_keyslot(context, key, passphrase, spec));
}

Result<int> Volume::add_unbound_keyslot(Context& context, SecretBuffer key, std::uint32_t key_bytes,
                                        const Passphrase& passphrase, const NewKeyslot& keyslot) {
    if (key.empty()) {
        if (key_bytes == 0 || key_bytes > kMaxKeyBytes)
            return fail(Errc::InvalidArgument,
                        "key size of %" PRIu32 " bytes is not in 1 to %" PRIu32, key_bytes,
                        kMaxKeyBytes);
        key = SecretBuffer(key_bytes);
        LK_TRY(context.random->fill(key.bytes()));
    } else if (key_bytes != 0 && key.size() != key_bytes) {
        return fail(Errc::InvalidArgument, "volume key of %zu bytes, %" PRIu32 " expected",
                    key.size(), key_bytes);
    }
    LK_TRY(volume::check_free_keyslot(*header_, keyslot.number));
    LK_ASSIGN(const formats::KeyslotSpec spec,
              volume::decide_keyslot(context, *header_, keyslot, key.size()));
    return volume::as_no_room(
        header_->add_unbound_keyslot(context, CandidateKey(std::move(key)), passphrase, spec));
}

Result<int> Volume::add_keyslot_as(Context& context, SecretBuffer key, const Passphrase& passphrase,
                                   const NewKeyslot& keyslot, const KeyBinding& binding) {
    LK_TRY(volume::check_free_keyslot(*header_, keyslot.number));
    LK_ASSIGN(const formats::KeyslotSpec spec,
              volume::decide_keyslot(context, *header_, keyslot, key.size()));
    return volume::as_no_room(
        header_->add_keyslot_as(context, CandidateKey(std::move(key)), passphrase, spec, binding));
}

Result<void> Volume::make_volume_key(Context& context, const UnlockedVolume& opened,
                                     const std::optional<KeyslotToken>& token) {
    return header_->make_volume_key(context, opened.keyslot, opened.key, token);
}

}  // namespace latchkey
