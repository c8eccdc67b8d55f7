// SPDX-License-Identifier: LGPL-2.1-or-later
#include "capi/opening.h"

#include "capi/guard.h"
#include "capi/token_plugins.h"
#include "latchkey/peer.h"
#include "latchkey/token_unlock.h"

namespace latchkey::capi {
namespace {

UnlockOptions options_of(int keyslot, AnyKeyslot any) {
    UnlockOptions options{.any_segment = any == AnyKeyslot::WithUnbound};
    if (keyslot != CRYPT_ANY_SLOT) options.keyslot = keyslot;
    return options;
}

Result<UnlockedVolume> open_by_key(crypt_device& cd, CandidateKey candidate) {
    LK_ASSIGN(const Volume* volume, loaded_volume(cd));
    LK_ASSIGN(VolumeKey key, volume->verify(cd.context, std::move(candidate)));
    return UnlockedVolume{.key = std::move(key)};
}

Result<UnlockedVolume> open_any(crypt_device& cd, int keyslot, crypt_keyslot_context& kc,
                                AnyKeyslot any) {
    if (const auto* key = std::get_if<VolumeKeySource>(&kc.source)) {
        if (key->bytes.empty() && cd.key) return UnlockedVolume{.key = cd.key->copy()};
        return open_by_key(cd, CandidateKey(SecretBuffer::copy_of(key->bytes.bytes())));
    }
    if (const auto* key = std::get_if<KeyringVolumeKeySource>(&kc.source)) {
        LK_ASSIGN(CandidateKey candidate, keyring_volume_key(key->description));
        return open_by_key(cd, std::move(candidate));
    }
    LK_ASSIGN(const Passphrase passphrase, passphrase_from(cd, kc));
    return open_keyslot(cd, keyslot, passphrase, any);
}

}  // namespace

Result<UnlockedVolume> open_keyslot(crypt_device& cd, int keyslot, const Passphrase& passphrase,
                                    AnyKeyslot any) {
    LK_ASSIGN(const Volume* volume, loaded_volume(cd));
    cd.context.policy.metadata_locks = process::metadata_locks();
    return volume->unlock(cd.context, passphrase, options_of(keyslot, any));
}

Result<UnlockedVolume> open_by_context(crypt_device& cd, int keyslot, crypt_keyslot_context& kc,
                                       AnyKeyslot any) {
    if (const auto* token = std::get_if<TokenSource>(&kc.source)) {
        int stopped_by = 0;
        auto opened =
            open_by_token(cd, keyslot, *token, any == AnyKeyslot::WithUnbound, stopped_by);
        kc.error = opened ? 0 : token_errno(opened.error(), stopped_by);
        return opened;
    }
    auto opened = open_any(cd, keyslot, kc, any);
    kc.error = opened ? 0 : -errno_of(opened.error());
    return opened;
}

Result<Passphrase> passphrase_of_any(crypt_device& cd, crypt_keyslot_context& kc) {
    const auto passphrase = [&]() -> Result<Passphrase> {
        const auto* token = std::get_if<TokenSource>(&kc.source);
        if (token == nullptr) return passphrase_from(cd, kc);
        LK_ASSIGN(const Volume* volume, loaded_luks2(cd));
        return token_passphrase(*volume, token->token);
    };
    auto given = passphrase();
    kc.error = given ? 0 : -errno_of(given.error());
    return given;
}

}  // namespace latchkey::capi
