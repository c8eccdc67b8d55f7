// SPDX-License-Identifier: LGPL-2.1-or-later
#include "capi/facets/plain.h"

#include "capi/device.h"
#include "capi/guard.h"
#include "capi/opening.h"
#include "latchkey/peer.h"
#include "plain/opener.h"

namespace latchkey::capi {

DataFacts PlainFacet::data() const {
    return {.cipher = params_.cipher,
            .offset_sectors = params_.offset_sectors,
            .iv_offset_sectors = params_.skip_sectors,
            .key_bytes = params_.key_bytes,
            .sector_bytes = params_.sector_size};
}

Result<VolumeKey> PlainFacet::key_from(crypt_device& cd, crypt_keyslot_context& kc) const {
    if (kc.source.is == KeyIs::Passphrase) {
        LK_ASSIGN(const Passphrase passphrase, passphrase_from(cd, kc));
        LK_ASSIGN(formats::Unlocked opened,
                  plain::make_opener(params_)->open(cd.context, passphrase));
        return std::move(opened.key);
    }
    const auto* given = std::get_if<keys::Given>(&kc.source.from);
    if (given == nullptr) return passphrase_from(cd, kc).error();
    if (is_of_context(kc) && cd.key) return cd.key->copy();
    if (given->bytes.size() != params_.key_bytes)
        return fail_saying(Errc::InvalidArgument,
                           "Incorrect volume key specified for plain device.");
    return plain::key_from_file(params_, SecretBuffer::copy_of(given->bytes.bytes()));
}

Result<int> PlainFacet::activate(crypt_device& cd, const Activation& wanted,
                                 crypt_keyslot_context& kc) {
    if (!wanted.name || kc.source.is_a<keys::Token>()) return silent(EINVAL);
    auto key = key_from(cd, kc);
    if (!key) {
        // An unknown hash is an invalid parameter of the caller, not a missing cipher.
        const bool unknown_hash = key.error().code == Errc::MissingCipher;
        Error error = read_failure(kc, std::move(key).error());
        return unknown_hash ? std::move(error).with_errno(EINVAL) : error;
    }
    plain::Params params = params_;
    params.iv_large_sectors = (wanted.flags & CRYPT_ACTIVATE_IV_LARGE_SECTORS) != 0;
    LK_ASSIGN(const MappingPlan plan, plain::make_opener(params)->plan(cd.context, *key));
    LK_TRY(map(cd, wanted, plan, *key));
    return 0;
}

Result<UnlockedVolume> PlainFacet::key_by_passphrase(crypt_device&, int,
                                                     const Passphrase& passphrase) {
    LK_ASSIGN(VolumeKey key, plain::key_from_passphrase(params_, passphrase));
    return UnlockedVolume{.key = std::move(key)};
}

Result<UnlockedVolume> PlainFacet::key_by_context(crypt_device& cd, int keyslot,
                                                  crypt_keyslot_context& kc) {
    auto passphrase = kc.source.is_a<keys::Token>() ? Result<Passphrase>(silent(EINVAL))
                                                    : passphrase_from(cd, kc);
    auto opened = passphrase ? key_by_passphrase(cd, keyslot, *passphrase)
                             : Result<UnlockedVolume>(std::move(passphrase).error());
    kc.error = opened ? 0 : -errno_of(opened.error());
    return opened;
}

}  // namespace latchkey::capi
