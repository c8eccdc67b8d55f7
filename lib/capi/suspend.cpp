// SPDX-License-Identifier: LGPL-2.1-or-later
// crypt_suspend() and crypt_resume_by_*.
#include "base/i18n.h"
#include "capi/activation.h"
#include "capi/activation_flags.h"
#include "capi/guard.h"
#include "luks2/requirements.h"

using namespace latchkey::capi;
using latchkey::MappingInfo;
using latchkey::Result;
using latchkey::SecretBuffer;

namespace {

int only_luks(const crypt_device& cd) {
    log_error(&cd, N_("This operation is supported only for LUKS device."));
    return -EINVAL;
}

// A header that did not make the mapping would give it another's key back.
bool is_of(crypt_device& cd, const MappingInfo& info) {
    if (!cd.volume) return false;
    const auto own = latchkey::mapping::check_header(cd.context, *cd.volume, info);
    if (!own) report_quietly(&cd, own.error());
    return own.has_value();
}

// As it is on the device now: another program may have changed it since the context was made.  True where there is none.
// Without keyslots a caller may have the volume key.
bool can_resume(crypt_device& cd, const MappingInfo& info) {
    auto device = latchkey::Device::open(cd.context, cd.header_path, latchkey::Access::ReadOnly);
    if (!device) return true;
    const auto header = latchkey::Volume::load(cd.context, *std::move(device),
                                               {.type = "LUKS", .data_device = cd.data_path});
    if (!header) return header.error().code == latchkey::Errc::NotThisFormat;
    const auto own = latchkey::mapping::check_header(cd.context, *header, info);
    if (!own) report_quietly(&cd, own.error());
    return own.has_value();
}

int not_its_header(const crypt_device& cd, const char* name) {
    log_error(&cd, N_("Volume %s has another header than the one that was loaded."), name);
    return -EINVAL;
}

// A volume that could not be resumed is not suspended.
Result<void> check_known(const crypt_device& cd) {
    if (!cd.volume) return {};
    for (const std::string& requirement : cd.volume->info().requirements)
        if (latchkey::luks2::classify_requirement(requirement) == latchkey::luks2::Requirement::Unknown)
            return latchkey::fail(latchkey::Errc::UnmetRequirement, "Unmet LUKS2 requirements detected.");
    return {};
}

int resume_by(crypt_device& cd, const char* name, int keyslot, crypt_keyslot_context kc) {
    return resume(cd, name, keyslot, kc);
}

}  // namespace

namespace latchkey::capi {

int resume(crypt_device& cd, const char* name, int keyslot, crypt_keyslot_context& kc) {
    if (name == nullptr) return -EINVAL;
    if (!is_luks(cd)) return only_luks(cd);
    name = mapped_name(name).data();
    const auto info = mapping::status(cd.context, name);
    if (!info) return report(&cd, info.error());
    if (!info->active) return -ENODEV;
    if (!info->suspended) {
        log_error(&cd, N_("Volume %s is not suspended."), name);
        return -EINVAL;
    }
    if (!is_of(cd, *info)) return not_its_header(cd, name);
    Opening opening = open_volume(cd, keyslot, kc, false);
    if (!opening.worked()) return opening.failure();
    const UnlockedVolume& unlocked = opening.unlocked();
    const auto plan = cd.volume->plan(cd.context, unlocked);
    if (!plan) {
        const int told = report(&cd, plan.error());
        // -EPERM would be taken for a wrong passphrase.
        return plan.error().code == latchkey::Errc::Refused ? -ENOTSUP : told;
    }
    const auto resumed = mapping::resume(cd.context, *plan, unlocked.key, name, activate_options(cd, 0));
    if (!resumed) return report(&cd, resumed.error());
    const int answer = opening.answer();
    cd.mapped_key = std::move(opening.unlocked().key);
    return answer;
}

}  // namespace latchkey::capi

int crypt_suspend(crypt_device* cd, const char* name) {
    return guarded_with(cd, [&](crypt_device& self) -> Result<int> {
        if (name == nullptr) return -EINVAL;
        // Of a mapping whose header is elsewhere the context has no type; the mapping itself says it.
        if (!is_luks(self) && !(self.type.empty() && !self.active_name.empty())) return only_luks(self);
        const char* const mapped = mapped_name(name).data();
        LK_ASSIGN(const MappingInfo info, latchkey::mapping::status(self.context, mapped));
        if (!info.active) {
            log_error(cd, N_("Volume %s is not active."), name);
            return -EINVAL;
        }
        if (!info.type.starts_with("LUKS")) return only_luks(self);
        if (info.suspended) {
            log_error(cd, N_("Volume %s is already suspended."), name);
            return -EINVAL;
        }
        if (!can_resume(self, info)) return not_its_header(self, name);
        LK_TRY(check_known(self));
        self.mapped_key.reset();
        LK_TRY(latchkey::mapping::suspend(self.context, mapped));
        return 0;
    });
}

int crypt_resume_by_passphrase(crypt_device* cd, const char* name, int keyslot, const char* passphrase,
                               size_t passphrase_size) {
    return guarded_with(cd, [&](crypt_device& self) -> Result<int> {
        if (passphrase == nullptr) return -EINVAL;
        LK_ASSIGN(SecretBuffer bytes, secret_of(passphrase, passphrase_size));
        return resume_by(self, name, keyslot, made_context(PassphraseSource{std::move(bytes)}));
    });
}

int crypt_resume_by_keyfile_device_offset(crypt_device* cd, const char* name, int keyslot, const char* keyfile,
                                          size_t keyfile_size, uint64_t keyfile_offset) {
    return guarded_with(cd, [&](crypt_device& self) -> int {
        if (keyfile == nullptr) return -EINVAL;
        return resume_by(self, name, keyslot,
                         made_context(KeyfileSource{keyfile, keyfile_offset, keyfile_size}));
    });
}

int crypt_resume_by_keyfile_offset(crypt_device* cd, const char* name, int keyslot, const char* keyfile,
                                   size_t keyfile_size, size_t keyfile_offset) {
    return crypt_resume_by_keyfile_device_offset(cd, name, keyslot, keyfile, keyfile_size, keyfile_offset);
}

int crypt_resume_by_keyfile(crypt_device* cd, const char* name, int keyslot, const char* keyfile,
                            size_t keyfile_size) {
    return crypt_resume_by_keyfile_device_offset(cd, name, keyslot, keyfile, keyfile_size, 0);
}

int crypt_resume_by_volume_key(crypt_device* cd, const char* name, const char* volume_key,
                               size_t volume_key_size) {
    return guarded_with(cd, [&](crypt_device& self) -> Result<int> {
        if (volume_key == nullptr) return -EINVAL;
        VolumeKeySource source{.bytes = {}, .key_bytes = volume_key_size};
        LK_ASSIGN(source.bytes, secret_of(volume_key, volume_key_size));
        return resume_by(self, name, CRYPT_ANY_SLOT, made_context(std::move(source)));
    });
}

int crypt_resume_by_token_pin(crypt_device* cd, const char* name, const char* type, int token, const char* pin,
                              size_t pin_size, void* usrptr) {
    return guarded_with(cd, [&](crypt_device& self) -> Result<int> {
        if (token < CRYPT_ANY_TOKEN || (is_luks(self) && !is_luks2(self))) return -EINVAL;
        TokenSource source{.token = token, .user = usrptr};
        if (type != nullptr) source.type = type;
        if (pin != nullptr) {
            LK_ASSIGN(source.pin, secret_of(pin, pin_size));
        }
        return resume_by(self, name, CRYPT_ANY_SLOT, made_context(std::move(source)));
    });
}

int crypt_resume_by_keyslot_context(crypt_device* cd, const char* name, int keyslot, crypt_keyslot_context* kc) {
    return guarded_with(cd, [&](crypt_device& self) -> int {
        if (kc == nullptr) return -EINVAL;
        return resume(self, name, keyslot, *kc);
    });
}
