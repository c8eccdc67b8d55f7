// SPDX-License-Identifier: LGPL-2.1-or-later
#include "capi/opening.h"

#include "capi/guard.h"
#include "capi/token_plugins.h"
#include "latchkey/peer.h"

namespace latchkey::capi {
namespace {

UnlockOptions options_of(int keyslot, AnyKeyslot any) {
    UnlockOptions options{.any_segment = any == AnyKeyslot::WithUnbound};
    if (keyslot != CRYPT_ANY_SLOT) options.keyslot = keyslot;
    return options;
}

Result<UnlockedVolume> open_any(crypt_device& cd, int keyslot, const crypt_keyslot_context& kc,
                                AnyKeyslot any) {
    // Checks for a volume first, so that no secret is read in vain.
    LK_ASSIGN(const Volume* volume, loaded_volume(cd));
    if (is_of_context(kc) && cd.key) return UnlockedVolume{.key = cd.key->copy()};
    LK_ASSIGN(SecretBuffer secret, read_secret(cd.context, kc.source));
    if (kc.source.is == KeyIs::Passphrase)
        return open_keyslot(cd, keyslot, Passphrase(std::move(secret)), any);
    LK_ASSIGN(VolumeKey key, volume->verify(cd.context, CandidateKey(std::move(secret))));
    return UnlockedVolume{.key = std::move(key)};
}

}  // namespace

Result<UnlockedVolume> open_keyslot(crypt_device& cd, int keyslot, const Passphrase& passphrase,
                                    AnyKeyslot any) {
    LK_ASSIGN(const Volume* volume, loaded_volume(cd));
    return volume->unlock(cd.context, passphrase, options_of(keyslot, any));
}

Result<UnlockedVolume> open_by_context(crypt_device& cd, int keyslot, crypt_keyslot_context& kc,
                                       AnyKeyslot any) {
    if (kc.source.is_a<keys::Token>()) return open_by_token(cd, kc, options_of(keyslot, any));
    auto opened = open_any(cd, keyslot, kc, any);
    kc.error = opened ? 0 : -errno_of(opened.error());
    return opened;
}

Result<Passphrase> passphrase_of_any(crypt_device& cd, crypt_keyslot_context& kc) {
    const auto passphrase = [&]() -> Result<Passphrase> {
        const auto* tokens = std::get_if<keys::Token>(&kc.source.from);
        if (tokens == nullptr) return passphrase_from(cd, kc);
        LK_ASSIGN(const Volume* volume, loaded_luks2(cd));
        return token_passphrase(*volume, tokens->number.value_or(CRYPT_ANY_TOKEN));
    };
    auto given = passphrase();
    kc.error = given ? 0 : -errno_of(given.error());
    return given;
}

}  // namespace latchkey::capi
