// SPDX-License-Identifier: LGPL-2.1-or-later
#include "capi/activation.h"

#include <algorithm>

#include "base/i18n.h"
#include "capi/activation_flags.h"
#include "capi/guard.h"
#include "capi/token_plugins.h"
#include "latchkey/token_unlock.h"
#include "model/cipher_spec.h"

namespace latchkey::capi {
namespace {

constexpr int kNoSuchKey = 126;         // ENOKEY, as the peer's message has it

int bad_type(const crypt_device& cd) {
    log_error(&cd, N_("Device type is not properly initialized."));
    return -EINVAL;
}

// What maps and what it is mapped with.
struct Wanted {
    const MappingPlan& plan;
    const VolumeKey& key;
    const char* name;
    std::uint32_t flags;
    bool refreshes;
};

// The peer's words and errno, where it has some of its own.
int not_mapped(const crypt_device& cd, const Error& error, const Wanted& wanted, const Device& data) {
    const char* device = data.name().c_str();
    log_debug(&cd, "# %s", error.message.c_str());
    switch (error.code) {
        case Errc::Busy:
            if (wanted.refreshes) return report(&cd, error);
            log_error(&cd, N_("Cannot use device %s which is in use (already mapped or mounted)."), device);
            return -EBUSY;
        case Errc::Exists:
            log_error(&cd, N_("Device %s already exists."), wanted.name);
            return -EEXIST;
        case Errc::DeviceTooSmall:
            if (wanted.plan.begins_beyond(data.size()))
                log_error(&cd, N_("Requested offset is beyond real size of device %s."), device);
            else
                log_error(&cd, N_("Device %s is too small."), device);
            return -EINVAL;
        case Errc::InvalidArgument:
            if (std::string_view(wanted.name).find('/') != std::string_view::npos)
                log_error(&cd, N_("Name \"%s\" invalid. It contains \"/\"."), wanted.name);
            else if (wanted.refreshes)
                log_error(&cd, N_("Mismatching parameters on device %s."), wanted.name);
            else if (wanted.plan.ends_within_sector(data.size()))
                log_error(&cd, N_("Device size is not aligned to requested sector size."));
            else
                break;
            return -EINVAL;
        default: break;
    }
    return report(&cd, error);
}

int map(crypt_device& cd, const Wanted& wanted) {
    // A refresh leaves the mapping as writable as it is.
    const bool read_only = wanted.refreshes || (wanted.flags & CRYPT_ACTIVATE_READONLY) != 0;
    auto data = open_data(cd, read_only ? Access::ReadOnly : Access::ReadWrite);
    if (!data) return report(&cd, data.error());
    const ActivateOptions options = activate_options(cd, wanted.flags);
    const auto info = wanted.refreshes
                          ? mapping::refresh(cd.context, wanted.plan, wanted.key, *data, wanted.name, options)
                          : mapping::activate(cd.context, wanted.plan, wanted.key, *data, wanted.name, options);
    return info ? 0 : not_mapped(cd, info.error(), wanted, *data);
}

// Before anything is asked of a KDF: 0, or a negative errno.  `refreshes` if there is a mapping to be refreshed.
int check_name(crypt_device& cd, const char* name, std::uint32_t flags, bool& refreshes) {
    refreshes = false;
    const bool refresh = (flags & CRYPT_ACTIVATE_REFRESH) != 0;
    if (name == nullptr) return refresh ? -EINVAL : 0;
    if ((flags & CRYPT_ACTIVATE_ALLOW_UNBOUND_KEY) != 0) return -EINVAL;  // it belongs to no data
    const auto info = mapping::status(cd.context, name);
    // A name that the kernel cannot have is refused when the mapping is made.
    if (!info && info.error().code == Errc::InvalidArgument) return 0;
    if (!info) return report(&cd, info.error());
    if (!info->active || info->without_table) return 0;
    if (!refresh) {
        log_error(&cd, N_("Device %s already exists."), name);
        return -EEXIST;
    }
    if (info->suspended) {
        log_error(&cd, N_("Device %s is not active."), name);
        return -EINVAL;
    }
    refreshes = true;
    return 0;
}

// A secret's failure is told in the peer's words where it has some; a wrong one is told by the errno alone.
int opening_failure(const crypt_device& cd, const crypt_keyslot_context& kc, const Error& error) {
    const bool is_key = std::holds_alternative<VolumeKeySource>(kc.source) ||
                        std::holds_alternative<KeyringVolumeKeySource>(kc.source);
    switch (error.code) {
        case Errc::WrongPassphrase:
            if (is_key) log_error(&cd, N_("Volume key does not match the volume."));
            return -EPERM;
        case Errc::NoUsableKeyslot:
        case Errc::KeyslotInactive: report_quietly(&cd, error); return -ENOENT;
        default: return report(&cd, error);
    }
}

int read_failure(const crypt_device& cd, const crypt_keyslot_context& kc, const Error& error) {
    const bool in_keyring = std::holds_alternative<KeyringSource>(kc.source) ||
                            std::holds_alternative<KeyringVolumeKeySource>(kc.source);
    if (in_keyring && error.code == Errc::NotFound) {
        log_error(&cd, N_("Failed to read passphrase from keyring (error %d)."), -kNoSuchKey);
        return -EINVAL;
    }
    return report(&cd, error);
}

Opening open_by_key(crypt_device& cd, const Volume& volume, crypt_keyslot_context& kc) {
    SecretBuffer bytes;
    if (const auto* given = std::get_if<VolumeKeySource>(&kc.source)) {
        if (given->bytes.empty()) {
            if (cd.key) return Opening(UnlockedVolume{.key = cd.key->copy()});
            log_error(&cd, N_("Volume key does not match the volume."));
            return Opening(-EINVAL);
        }
        bytes = SecretBuffer::copy_of(given->bytes.bytes());
    } else {
        auto read = keyring_volume_key(std::get<KeyringVolumeKeySource>(kc.source).description);
        if (!read) return Opening(read_failure(cd, kc, read.error()));
        bytes = (*std::move(read)).release();
    }
    auto key = volume.verify(cd.context, CandidateKey(std::move(bytes)));
    if (!key) return Opening(opening_failure(cd, kc, key.error()));
    return Opening(UnlockedVolume{.key = *std::move(key)});
}

Opening open_with(crypt_device& cd, int keyslot, crypt_keyslot_context& kc, bool any_segment) {
    const auto volume = loaded_volume(cd);
    if (!volume) return Opening(report(&cd, volume.error()));
    if (const auto* token = std::get_if<TokenSource>(&kc.source)) {
        int stopped_by = 0;
        auto opened = open_by_token(cd, keyslot, *token, any_segment, stopped_by);
        if (opened) return Opening(*std::move(opened));
        log_debug(&cd, "# %s", opened.error().message.c_str());
        return Opening(token_errno(opened.error(), stopped_by));
    }
    if (std::holds_alternative<VolumeKeySource>(kc.source) ||
        std::holds_alternative<KeyringVolumeKeySource>(kc.source))
        return open_by_key(cd, **volume, kc);
    if (std::holds_alternative<SignedKeySource>(kc.source))
        return Opening(not_supported(&cd, "crypt_activate_by_keyslot_context", "dm-verity"));
    const auto passphrase = passphrase_from(cd, kc);
    if (!passphrase) return Opening(read_failure(cd, kc, passphrase.error()));
    UnlockOptions options{.any_segment = any_segment};
    if (keyslot != CRYPT_ANY_SLOT) {
        const auto slots = (*volume)->keyslots();
        if (std::ranges::find(slots, keyslot, &KeyslotInfo::number) == slots.end()) return Opening(-ENOENT);
        options.keyslot = keyslot;
    }
    cd.context.policy.metadata_locks = process::metadata_locks();
    auto opened = (*volume)->unlock(cd.context, *passphrase, options);
    if (!opened) return Opening(opening_failure(cd, kc, opened.error()));
    return Opening(*std::move(opened));
}

int activate_luks(crypt_device& cd, const char* name, int keyslot, crypt_keyslot_context& kc,
                  std::uint32_t flags, bool refreshes) {
    const bool keyring = (flags & CRYPT_ACTIVATE_KEYRING_KEY) != 0;
    if (keyring && !is_luks2(cd)) return -EINVAL;
    if (name != nullptr) {
        const auto data = open_data(cd, Access::ReadOnly);
        if (!data) return report(&cd, data.error());
        const auto apart = cd.volume->check_data_device(*data);
        if (!apart) return report(&cd, apart.error());
    }
    cd.context.policy.kdf.one_at_a_time = (flags & CRYPT_ACTIVATE_SERIALIZE_MEMORY_HARD_PBKDF) != 0;
    Opening opening = open_volume(cd, keyslot, kc, (flags & CRYPT_ACTIVATE_ALLOW_UNBOUND_KEY) != 0);
    cd.context.policy.kdf.one_at_a_time = false;
    if (!opening.worked()) return opening.failure();
    UnlockedVolume& unlocked = opening.unlocked();
    if (name != nullptr) {
        const auto plan = cd.volume->plan(cd.context, unlocked);
        if (!plan) {
            const int told = report(&cd, plan.error());
            // -EPERM would be taken for a wrong passphrase.
            return plan.error().code == latchkey::Errc::Refused ? -ENOTSUP : told;
        }
        const int mapped = map(cd, {*plan, unlocked.key, name, flags, refreshes});
        if (mapped < 0) return mapped;
    }
    const int answer = opening.answer();
    if ((name != nullptr || keyring) && !unlocked.unbound) cd.mapped_key = std::move(unlocked.key);
    return answer;
}

Result<VolumeKey> plain_key(crypt_device& cd, crypt_keyslot_context& kc) {
    if (const auto* given = std::get_if<VolumeKeySource>(&kc.source)) {
        if (given->bytes.empty() && cd.key) return cd.key->copy();
        if (given->bytes.size() != cd.plain->key_bytes)
            return fail(Errc::InvalidArgument, "Incorrect volume key specified for plain device.");
        return plain::key_from_file(*cd.plain, SecretBuffer::copy_of(given->bytes.bytes()));
    }
    LK_ASSIGN(const Passphrase passphrase, passphrase_from(cd, kc));
    return plain::key_from_passphrase(*cd.plain, passphrase);
}

int activate_plain(crypt_device& cd, const char* name, crypt_keyslot_context& kc, std::uint32_t flags,
                   bool refreshes) {
    if (name == nullptr || std::holds_alternative<TokenSource>(kc.source)) return -EINVAL;
    const auto key = plain_key(cd, kc);
    if (!key) {
        const int answer = read_failure(cd, kc, key.error());
        // The hash that is unknown is the caller's parameter, not a thing that is missing.
        return key.error().code == Errc::MissingCipher ? -EINVAL : answer;
    }
    plain::Params params = *cd.plain;
    params.iv_large_sectors = (flags & CRYPT_ACTIVATE_IV_LARGE_SECTORS) != 0;
    const auto plan = plain::plan(params);
    if (!plan) return report(&cd, plan.error());
    const int mapped = map(cd, {*plan, *key, name, flags, refreshes});
    return mapped < 0 ? mapped : 0;
}

// Its keys are many, and in a file.
int activate_loopaes(crypt_device& cd, const char* name, crypt_keyslot_context& kc, std::uint32_t flags,
                     bool refreshes) {
    if (!std::holds_alternative<KeyfileSource>(kc.source)) return bad_type(cd);
    if (name == nullptr) return -EINVAL;
    auto file = passphrase_from(cd, kc);
    if (!file) return read_failure(cd, kc, file.error());
    SecretBuffer bytes = SecretBuffer::copy_of(file->bytes());
    if (file->is_random()) bytes.set_random();
    const auto keys = loopaes::parse_keyfile(*cd.loopaes, bytes);
    if (!keys) return report(&cd, keys.error());
    const auto plan = loopaes::plan(*cd.loopaes, keys->version);
    if (!plan) return report(&cd, plan.error());
    return map(cd, {*plan, keys->key, name, flags, refreshes});
}

}  // namespace

std::string_view mapped_name(const char* name) {
    std::string_view text = name;
    constexpr std::string_view kMapper = "/dev/mapper/";
    if (text.starts_with(kMapper) && text.find('/', kMapper.size()) == std::string_view::npos)
        text.remove_prefix(kMapper.size());
    return text;
}

Result<MappingInfo> active_mapping(Context& context, std::string_view name) {
    LK_ASSIGN(MappingInfo info, mapping::status(context, name));
    if (!info.active)
        return fail(Errc::NoDevice, "Device %s is not active.", std::string(name).c_str());
    return info;
}

Opening open_volume(crypt_device& cd, int keyslot, crypt_keyslot_context& kc, bool any_segment) {
    Opening opening = open_with(cd, keyslot, kc, any_segment);
    kc.error = opening.worked() ? 0 : opening.failure();
    return opening;
}

int activate(crypt_device& cd, const char* name, int keyslot, crypt_keyslot_context& kc,
             std::uint32_t flags) {
    const bool by_token = std::holds_alternative<TokenSource>(kc.source);
    if (by_token && !is_luks2(cd)) return -EINVAL;
    if (cd.type.empty()) return bad_type(cd);
    // Many try the tokens first, whatever the name is.
    if (by_token && cd.volume && cd.volume->tokens().empty()) return -ENOENT;
    if (name != nullptr) name = mapped_name(name).data();  // the end of the caller's text
    bool refreshes = false;
    if (const int refused = check_name(cd, name, flags, refreshes); refused < 0) return refused;
    if (cd.type == CRYPT_PLAIN) return activate_plain(cd, name, kc, flags, refreshes);
    if (cd.type == CRYPT_LOOPAES) return activate_loopaes(cd, name, kc, flags, refreshes);
    if (is_luks(cd)) return activate_luks(cd, name, keyslot, kc, flags, refreshes);
    return bad_type(cd);
}

}  // namespace latchkey::capi
