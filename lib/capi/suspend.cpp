// SPDX-License-Identifier: LGPL-2.1-or-later
// crypt_suspend() and crypt_resume_by_*.
#include "base/i18n.h"
#include "capi/activation.h"
#include "capi/activation_flags.h"
#include "capi/guard.h"
#include "latchkey/peer.h"
#include "model/requirements.h"

using namespace latchkey::capi;
using latchkey::MappingInfo;
using latchkey::Result;

namespace {

latchkey::Error only_luks() {
    return error_saying(EINVAL, "This operation is supported only for LUKS device.");
}

// Returns whether the header belongs to the mapping.  Any other header would give the mapping a wrong key.
bool is_of(crypt_device& cd, const MappingInfo& info) {
    const LuksFacet* luks = luks_of(cd);
    if (luks == nullptr) return false;
    const auto own = latchkey::mapping::check_header(cd.context, luks->volume(), info);
    if (!own) report_quietly(&cd, own.error());
    return own.has_value();
}

// Returns whether the mapping belongs to the header that is on the device now; another program may have changed it.
// True if there is no header.  A header without keyslots is accepted, because the caller may have the volume key.
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

latchkey::Error not_its_header(const std::string& name) {
    return error_saying(EINVAL, "Volume %s has another header than the one that was loaded.",
                        name.c_str());
}

// Refuses to suspend a volume that could not be resumed.
Result<void> check_known(const crypt_device& cd) {
    const LuksFacet* luks = luks_of(cd);
    if (luks == nullptr) return {};
    for (const std::string& requirement : luks->volume().info().requirements)
        if (latchkey::model::classify_requirement(requirement) ==
            latchkey::model::Requirement::Unknown)
            return latchkey::fail_saying(latchkey::Errc::UnmetRequirement,
                                         "Unmet LUKS2 requirements detected.");
    return {};
}

}  // namespace

namespace latchkey::capi {

Result<int> resume(crypt_device& cd, const char* node, int keyslot, crypt_keyslot_context& kc) {
    if (node == nullptr) return silent(EINVAL);
    if (luks_of(cd) == nullptr) return only_luks();
    const std::string name = mapping::name_of(node);
    LK_ASSIGN(const MappingInfo info, mapping::status(cd.context, name));
    if (!info.active) return silent(ENODEV);
    LK_TRY(info.check_served());
    LK_TRY(info.check_suspended());
    if (!is_of(cd, info)) return not_its_header(name);
    LK_ASSIGN(UnlockedVolume unlocked, open_volume(cd, keyslot, kc, AnyKeyslot::OfTheData));
    LK_ASSIGN(const MappingPlan plan, planned(cd, unlocked));
    LK_TRY(mapping::resume(cd.context, plan, unlocked.keys(), name, activate_options(cd, 0)));
    cd.mapped_key = std::move(unlocked.key);
    return keyslot_of(unlocked);
}

}  // namespace latchkey::capi

int crypt_suspend(crypt_device* cd, const char* name) {
    return guarded_with(cd, [&](crypt_device& self) -> Result<int> {
        if (name == nullptr) return silent(EINVAL);
        // If a mapping's header is elsewhere, the context has no type; the mapping itself has it.
        if (luks_of(self) == nullptr && (!type_of(self).empty() || self.active_name.empty()))
            return only_luks();
        const std::string mapped = latchkey::mapping::name_of(name);
        LK_ASSIGN(const MappingInfo info, latchkey::mapping::status(self.context, mapped));
        if (!info.active)
            return told_by(latchkey::fail(latchkey::Errc::NoDevice, "device %s is not active", name)
                               .because(latchkey::Condition::MappingInactive, name),
                           latchkey::Call::Suspend);
        LK_TRY(info.check_served());
        if (!info.type.starts_with("LUKS")) return only_luks();
        LK_TRY(info.check_not_suspended());
        if (!can_resume(self, info)) return not_its_header(name);
        LK_TRY(check_known(self));
        self.mapped_key.reset();
        LK_TRY(latchkey::mapping::suspend(self.context, mapped));
        return 0;
    });
}

int crypt_resume_by_passphrase(crypt_device* cd, const char* name, int keyslot,
                               const char* passphrase, size_t passphrase_size) {
    return guarded_with(cd, [&](crypt_device& self) -> Result<int> {
        if (passphrase == nullptr) return silent(EINVAL);
        LK_ASSIGN(crypt_keyslot_context kc, by_passphrase(passphrase, passphrase_size));
        return resume(self, name, keyslot, kc);
    });
}

int crypt_resume_by_keyfile_device_offset(crypt_device* cd, const char* name, int keyslot,
                                          const char* keyfile, size_t keyfile_size,
                                          uint64_t keyfile_offset) {
    return guarded_with(cd, [&](crypt_device& self) -> latchkey::Result<int> {
        if (keyfile == nullptr) return silent(EINVAL);
        crypt_keyslot_context kc = by_keyfile(keyfile, keyfile_offset, keyfile_size);
        return resume(self, name, keyslot, kc);
    });
}

int crypt_resume_by_keyfile_offset(crypt_device* cd, const char* name, int keyslot,
                                   const char* keyfile, size_t keyfile_size,
                                   size_t keyfile_offset) {
    return crypt_resume_by_keyfile_device_offset(cd, name, keyslot, keyfile, keyfile_size,
                                                 keyfile_offset);
}

int crypt_resume_by_keyfile(crypt_device* cd, const char* name, int keyslot, const char* keyfile,
                            size_t keyfile_size) {
    return crypt_resume_by_keyfile_device_offset(cd, name, keyslot, keyfile, keyfile_size, 0);
}

int crypt_resume_by_volume_key(crypt_device* cd, const char* name, const char* volume_key,
                               size_t volume_key_size) {
    return guarded_with(cd, [&](crypt_device& self) -> Result<int> {
        if (volume_key == nullptr) return silent(EINVAL);
        LK_ASSIGN(crypt_keyslot_context kc, by_volume_key(volume_key, volume_key_size));
        return resume(self, name, CRYPT_ANY_SLOT, kc);
    });
}

int crypt_resume_by_token_pin(crypt_device* cd, const char* name, const char* type, int token,
                              const char* pin, size_t pin_size, void* usrptr) {
    return guarded_with(cd, [&](crypt_device& self) -> Result<int> {
        if (token < CRYPT_ANY_TOKEN || (luks_of(self) != nullptr && luks2_of(self) == nullptr))
            return silent(EINVAL);
        LK_ASSIGN(crypt_keyslot_context kc, by_token(token, type, pin, pin_size, usrptr));
        return resume(self, name, CRYPT_ANY_SLOT, kc);
    });
}

int crypt_resume_by_keyslot_context(crypt_device* cd, const char* name, int keyslot,
                                    crypt_keyslot_context* kc) {
    return guarded_with(cd, [&](crypt_device& self) -> latchkey::Result<int> {
        if (kc == nullptr) return silent(EINVAL);
        return resume(self, name, keyslot, *kc);
    });
}
