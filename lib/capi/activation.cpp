// SPDX-License-Identifier: LGPL-2.1-or-later
#include "capi/activation.h"

#include <algorithm>

#include "capi/activation_flags.h"
#include "capi/guard.h"
#include "latchkey/peer.h"
#include "loopaes/opener.h"
#include "plain/opener.h"

namespace latchkey::capi {
namespace {

constexpr int kNoSuchKey = 126;  // ENOKEY, as in the peer's message

Error bad_type() {
    return error_saying(EINVAL, "Device type is not properly initialized.");
}

// A mapping to make, with everything needed for it.
struct Wanted {
    const MappingPlan& plan;
    KeyRing keys;
    const std::string& name;
    std::uint32_t flags;
    bool refreshes;
};

Result<void> map(crypt_device& cd, const Wanted& wanted) {
    // A refresh does not change whether the mapping is writable.
    const bool read_only = wanted.refreshes || (wanted.flags & CRYPT_ACTIVATE_READONLY) != 0;
    LK_ASSIGN(const Device data, open_data(cd, read_only ? Access::ReadOnly : Access::ReadWrite));
    const ActivateOptions options = activate_options(cd, wanted.flags);
    if (wanted.refreshes)
        LK_TRY(mapping::refresh(cd.context, wanted.plan, wanted.keys, data, wanted.name, options));
    else
        LK_TRY(mapping::activate(cd.context, wanted.plan, wanted.keys, data, wanted.name, options));
    return {};
}

// Checks the name before time is spent on a KDF.  Returns true if an existing mapping must be refreshed.
Result<bool> check_name(crypt_device& cd, const std::optional<std::string>& name,
                        std::uint32_t flags) {
    const bool refresh = (flags & CRYPT_ACTIVATE_REFRESH) != 0;
    if (!name && refresh) return silent(EINVAL);
    if (!name) return false;
    if ((flags & CRYPT_ACTIVATE_ALLOW_UNBOUND_KEY) != 0)
        return silent(EINVAL);  // the key belongs to no data
    const auto info = mapping::status(cd.context, *name);
    // Making the mapping refuses a name that the kernel does not accept.
    if (!info && info.error().code == Errc::InvalidArgument) return false;
    if (!info) return info.error();
    if (!info->active || info->without_table) return false;
    if (!refresh)
        return fail(Errc::Exists, "device %s already exists", name->c_str())
            .because(Condition::MappingExists, *name);
    LK_TRY(info->check_served());
    if (info->suspended)
        return fail(Errc::NoDevice, "device %s is suspended", name->c_str())
            .because(Condition::MappingInactive, *name)
            .with_errno(EINVAL);
    return true;
}

// Returns the peer's error for a key that cannot be read from the keyring.
Error read_failure(const crypt_keyslot_context& kc, Error error) {
    if (kc.source.is_a<keys::Keyring>() && error.code == Errc::NotFound)
        return error_saying(EINVAL, "Failed to read passphrase from keyring (error %d).",
                            -kNoSuchKey);
    return error;
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

Result<int> activate_luks(crypt_device& cd, const std::optional<std::string>& name, int keyslot,
                          crypt_keyslot_context& kc, std::uint32_t flags, bool refreshes) {
    const bool keyring = (flags & CRYPT_ACTIVATE_KEYRING_KEY) != 0;
    if (keyring && !is_luks2(cd)) return silent(EINVAL);
    if (name) {
        LK_ASSIGN(const Device data, open_data(cd, Access::ReadOnly));
        LK_TRY(cd.volume->check_data_device(data));
    }
    cd.context.policy.kdf.one_at_a_time = (flags & CRYPT_ACTIVATE_SERIALIZE_MEMORY_HARD_PBKDF) != 0;
    const bool with_unbound = (flags & CRYPT_ACTIVATE_ALLOW_UNBOUND_KEY) != 0;
    auto opened = open_volume(cd, keyslot, kc,
                              with_unbound ? AnyKeyslot::WithUnbound : AnyKeyslot::OfTheData);
    cd.context.policy.kdf.one_at_a_time = false;
    LK_ASSIGN(UnlockedVolume unlocked, std::move(opened));
    if (name) {
        LK_ASSIGN(const MappingPlan plan, planned(cd, unlocked));
        LK_TRY(map(cd, {plan, unlocked.keys(), *name, flags, refreshes}));
    }
    if ((name || keyring) && !unlocked.unbound) cd.mapped_key = std::move(unlocked.key);
    return keyslot_of(unlocked);
}

Result<VolumeKey> plain_key(crypt_device& cd, crypt_keyslot_context& kc) {
    if (kc.source.is == KeyIs::Passphrase) {
        LK_ASSIGN(const Passphrase passphrase, passphrase_from(cd, kc));
        LK_ASSIGN(formats::Unlocked opened,
                  plain::make_opener(*cd.plain)->open(cd.context, passphrase));
        return std::move(opened.key);
    }
    const auto* given = std::get_if<keys::Given>(&kc.source.from);
    if (given == nullptr) return passphrase_from(cd, kc).error();
    if (is_of_context(kc) && cd.key) return cd.key->copy();
    if (given->bytes.size() != cd.plain->key_bytes)
        return fail_saying(Errc::InvalidArgument,
                           "Incorrect volume key specified for plain device.");
    return plain::key_from_file(*cd.plain, SecretBuffer::copy_of(given->bytes.bytes()));
}

Result<int> activate_plain(crypt_device& cd, const std::optional<std::string>& name,
                           crypt_keyslot_context& kc, std::uint32_t flags, bool refreshes) {
    if (!name || kc.source.is_a<keys::Token>()) return silent(EINVAL);
    auto key = plain_key(cd, kc);
    if (!key) {
        // An unknown hash is an invalid parameter of the caller, not a missing cipher.
        const bool unknown_hash = key.error().code == Errc::MissingCipher;
        Error error = read_failure(kc, std::move(key).error());
        return unknown_hash ? std::move(error).with_errno(EINVAL) : error;
    }
    plain::Params params = *cd.plain;
    params.iv_large_sectors = (flags & CRYPT_ACTIVATE_IV_LARGE_SECTORS) != 0;
    LK_ASSIGN(const MappingPlan plan, plain::make_opener(params)->plan(cd.context, *key));
    LK_TRY(map(cd, {plan, *key, *name, flags, refreshes}));
    return 0;
}

// loop-AES has many keys, in a file.
Result<int> activate_loopaes(crypt_device& cd, const std::optional<std::string>& name,
                             crypt_keyslot_context& kc, std::uint32_t flags, bool refreshes) {
    if (!kc.source.is_a<keys::File>()) return bad_type();
    if (!name) return silent(EINVAL);
    auto file = passphrase_from(cd, kc);
    if (!file) return read_failure(kc, std::move(file).error());
    const auto opener = loopaes::make_opener(*cd.loopaes);
    LK_ASSIGN(const formats::Unlocked opened, opener->open(cd.context, *file));
    LK_ASSIGN(const MappingPlan plan, opener->plan(cd.context, opened.keys()));
    LK_TRY(map(cd, {plan, opened.keys(), *name, flags, refreshes}));
    return 0;
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
    auto plan = cd.volume->plan(cd.context, unlocked);
    if (!plan && plan.error().code == Errc::Refused)
        return std::move(plan).error().with_errno(ENOTSUP);
    return plan;
}

Result<int> activate(crypt_device& cd, const char* node, int keyslot, crypt_keyslot_context& kc,
                     std::uint32_t flags) {
    const bool by_token = kc.source.is_a<keys::Token>();
    if (by_token && !is_luks2(cd)) return silent(EINVAL);
    if (cd.type.empty()) return bad_type();
    // Many programs try the tokens first, whatever the name.
    if (by_token && cd.volume && cd.volume->tokens().empty()) return silent(ENOENT);
    std::optional<std::string> name;
    if (node != nullptr) name = mapping::name_of(node);
    LK_ASSIGN(const bool refreshes, check_name(cd, name, flags));
    if (cd.type == CRYPT_PLAIN) return activate_plain(cd, name, kc, flags, refreshes);
    if (cd.type == CRYPT_LOOPAES) return activate_loopaes(cd, name, kc, flags, refreshes);
    if (is_luks(cd)) return activate_luks(cd, name, keyslot, kc, flags, refreshes);
    return bad_type();
}

}  // namespace latchkey::capi
