// SPDX-License-Identifier: LGPL-2.1-or-later
#include "capi/facets/facet.h"

#include "base/i18n.h"
#include "capi/activation_flags.h"
#include "capi/device.h"
#include "capi/guard.h"
#include "capi/opening.h"
#include "latchkey/mapping.h"

namespace latchkey::capi {

Error bad_type() {
    return error_saying(EINVAL, "Device type is not properly initialized.");
}

Result<int> Facet::activate(crypt_device&, const Activation&, crypt_keyslot_context&) {
    return bad_type();
}

// open_keyslot() and open_by_context() say that the context has no LUKS header.
Result<UnlockedVolume> Facet::key_by_passphrase(crypt_device& cd, int keyslot,
                                                const Passphrase& passphrase) {
    return open_keyslot(cd, keyslot, passphrase, AnyKeyslot::WithUnbound);
}
Result<UnlockedVolume> Facet::key_by_context(crypt_device& cd, int keyslot,
                                             crypt_keyslot_context& kc) {
    return open_by_context(cd, keyslot, kc, AnyKeyslot::WithUnbound);
}

Result<void> map(crypt_device& cd, const Activation& wanted, const MappingPlan& plan,
                 KeyRing keys) {
    // A refresh does not change whether the mapping is writable.
    const bool read_only = wanted.refreshes || (wanted.flags & CRYPT_ACTIVATE_READONLY) != 0;
    LK_ASSIGN(const Device data, open_data(cd, read_only ? Access::ReadOnly : Access::ReadWrite));
    const ActivateOptions options = activate_options(cd, wanted.flags);
    if (wanted.refreshes)
        LK_TRY(mapping::refresh(cd.context, plan, keys, data, *wanted.name, options));
    else
        LK_TRY(mapping::activate(cd.context, plan, keys, data, *wanted.name, options));
    return {};
}

Error read_failure(const crypt_keyslot_context& kc, Error error) {
    constexpr int kNoSuchKey = 126;  // ENOKEY, as in the peer's message
    if (kc.source.is_a<keys::Keyring>() && error.code == Errc::NotFound)
        return error_saying(EINVAL, "Failed to read passphrase from keyring (error %d).",
                            -kNoSuchKey);
    return error;
}

}  // namespace latchkey::capi
