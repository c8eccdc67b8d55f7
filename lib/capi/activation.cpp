// SPDX-License-Identifier: LGPL-2.1-or-later
#include "capi/activation.h"

#include <algorithm>

#include "capi/guard.h"
#include "latchkey/peer.h"

namespace latchkey::capi {
namespace {

// Checks the name before time is spent on a KDF.  Returns true if an existing mapping must be refreshed.
Result<bool> check_name(crypt_device& cd, const std::optional<std::string>& name,
                        std::uint32_t flags) {
    const bool refresh = (flags & CRYPT_ACTIVATE_REFRESH) != 0;
    if (!name && refresh) return silent(EINVAL);
    if (!name) return false;
    if ((flags & CRYPT_ACTIVATE_ALLOW_UNBOUND_KEY) != 0)
        return silent(EINVAL);  // the key belongs to no data
    if (!refresh) {
        LK_TRY(mapping::check_name_is_free(cd.context, *name));
        return false;
    }
    const auto info = mapping::status(cd.context, *name);
    // Making the mapping refuses a name that the kernel does not accept.
    if (!info && info.error().code == Errc::InvalidArgument) return false;
    if (!info) return info.error();
    if (!info->active || info->without_table) return false;
    LK_TRY(info->check_served());
    if (info->suspended)
        return fail(Errc::NoDevice, "device %s is suspended", name->c_str())
            .because(Condition::MappingInactive, *name)
            .with_errno(EINVAL);
    return true;
}

// For a wrong secret and a keyslot that cannot be tried, only the errno is reported.
Error opening_failure(const crypt_keyslot_context& kc, Error error) {
    if (kc.source.is_a<keys::Token>()) return std::move(error).with_errno(-kc.error).silently();
    if (error.condition == Condition::KeyslotOutOfRange) return silent(ENOENT);
    switch (error.code) {
        case Errc::WrongPassphrase:
            return error.condition == Condition::VolumeKeyMismatch ? error
                                                                   : std::move(error).silently();
        case Errc::NoUsableKeyslot:
        case Errc::KeyslotInactive: return std::move(error).silently();
        default: return read_failure(kc, std::move(error));
    }
}

}  // namespace

Result<UnlockedVolume> open_volume(crypt_device& cd, int keyslot, crypt_keyslot_context& kc,
                                   AnyKeyslot any) {
    auto opened = is_of_context(kc) && !cd.key
                      ? fail(Errc::WrongPassphrase, "there is no volume key in the context")
                            .because(Condition::VolumeKeyMismatch)
                            .with_errno(EINVAL)
                      : open_by_context(cd, keyslot, kc, any);
    if (opened) return opened;
    Error error = opening_failure(kc, std::move(opened).error());
    kc.error = -errno_of(error);
    return error;
}

int keyslot_of(const UnlockedVolume& unlocked) {
    return std::max(unlocked.keyslot, 0);
}

Result<MappingPlan> planned(crypt_device& cd, const UnlockedVolume& unlocked) {
    LK_ASSIGN(const Volume* volume, loaded_volume(cd));
    auto plan = volume->plan(cd.context, unlocked);
    if (!plan && plan.error().code == Errc::Refused)
        return std::move(plan).error().with_errno(ENOTSUP);
    return plan;
}

Result<int> activate(crypt_device& cd, const char* node, int keyslot, crypt_keyslot_context& kc,
                     std::uint32_t flags) {
    LuksFacet* const luks2 = luks2_of(cd);
    const bool by_token = kc.source.is_a<keys::Token>();
    if (by_token && luks2 == nullptr) return silent(EINVAL);
    if (type_of(cd).empty()) return bad_type();
    // Many programs try the tokens first, whatever the name.
    if (by_token && luks2->volume().tokens().empty()) return silent(ENOENT);
    Activation wanted{.keyslot = keyslot, .flags = flags};
    if (node != nullptr) wanted.name = mapping::name_of(node);
    LK_ASSIGN(wanted.refreshes, check_name(cd, wanted.name, flags));
    return cd.facet->activate(cd, wanted, kc);
}

}  // namespace latchkey::capi
