// SPDX-License-Identifier: LGPL-2.1-or-later
// Reads headers, and changes whole headers.
#include <array>

#include "base/i18n.h"
#include "base/uuid.h"
#include "capi/guard.h"

using namespace latchkey::capi;
using latchkey::Errc;
using latchkey::Result;
using latchkey::Volume;

namespace {

constexpr std::size_t kLongestLabel = 47;  // bytes, without the NUL

struct OtherFormat {
    std::string_view type;
    const char* feature;
};
constexpr OtherFormat kOtherFormats[] = {
    {CRYPT_VERITY, "dm-verity"}, {CRYPT_INTEGRITY, "dm-integrity"}, {CRYPT_TCRYPT, "TCRYPT"},
    {CRYPT_BITLK, "BITLK"},      {CRYPT_FVAULT2, "FVAULT2"},
};

// Checks that `type` may be LUKS; LoadOptions::type then says what to look for.
Result<void> check_type(const char* type, const char* call) {
    if (type == CRYPT_LUKS) return {};
    const std::string_view name(type);
    for (const OtherFormat& other : kOtherFormats)
        if (name == other.type) return not_supported(call, other.feature);
    if (name == CRYPT_LUKS1 || name == CRYPT_LUKS2) return {};
    return silent(EINVAL);
}

std::string text_of(const char* text) {
    return text != nullptr ? text : "";
}

// Cuts labels as old releases of the peer do, but never within a UTF-8 character.
std::string label_of(const char* text) {
    std::string label = text_of(text);
    if (label.size() <= kLongestLabel) return label;
    if (latchkey::habits_of(latchkey::built_peer_release()).refuses_long_labels) return label;
    std::size_t end = kLongestLabel;
    while (end > 0 && (static_cast<unsigned char>(label[end]) & 0xc0) == 0x80) --end;
    label.resize(end);
    return label;
}

}  // namespace

int crypt_load(crypt_device* cd, const char* requested_type, void*) {
    return guarded_with(cd, [&](crypt_device& self) -> Result<int> {
        LK_TRY(check_type(requested_type, "crypt_load"));
        if (!type_of(self).empty() && luks_of(self) == nullptr) return silent(EINVAL);
        // A second load must return the type that the context already has.
        if (requested_type != CRYPT_LUKS && luks_of(self) != nullptr &&
            type_of(self) != requested_type)
            return silent(EINVAL);
        auto loaded = load_volume(self, text_of(requested_type));
        if (loaded) return 0;
        // Many programs call this to find out whether a device is LUKS; "no" is not an error message.
        if (loaded.error().code == Errc::NotThisFormat) return std::move(loaded).error().silently();
        return std::move(loaded).error();
    });
}

int crypt_repair(crypt_device* cd, const char* requested_type, void*) {
    return guarded_with(cd, [&](crypt_device& self) -> Result<int> {
        LK_TRY(check_type(requested_type, "crypt_repair"));
        if (requested_type != CRYPT_LUKS && luks_of(self) != nullptr &&
            type_of(self) != requested_type)
            return silent(EINVAL);
        if (!confirmed(self, latchkey::translate(N_("Really try to repair LUKS device header?"))))
            return silent(EPERM);
        LK_ASSIGN(latchkey::Device device, open_header(self, latchkey::Access::ReadWrite));
        LK_ASSIGN(const auto done,
                  Volume::repair(self.context, std::move(device), text_of(requested_type)));
        for (const std::string& line : done) log_line(&self, CRYPT_LOG_VERBOSE, line);
        LK_TRY(load_volume(self, text_of(requested_type)));
        if (luks_of(self)->volume().lost_keyslots(self.context).empty() && done.empty())
            log_line(&self, CRYPT_LOG_VERBOSE,
                     latchkey::translate(N_("No known problems detected for LUKS header.")));
        return 0;
    });
}

int crypt_convert(crypt_device* cd, const char* type, void*) {
    return guarded_with(cd, [&](crypt_device& self) -> Result<int> {
        if (type == nullptr) return silent(EINVAL);
        LK_TRY(loaded_volume(self));
        if (type_of(self) == type) return silent(EINVAL);
        if (type != std::string_view(CRYPT_LUKS1) && type != std::string_view(CRYPT_LUKS2))
            return silent(EINVAL);
        auto converted = change_volume(self, [&](Volume& volume) -> Result<int> {
            LK_TRY(volume.convert(self.context, type));
            return 0;
        });
        if (converted) self.pbkdf.reset();
        if (!converted && converted.error().code == Errc::NotSupported)
            return std::move(converted).error().with_errno(EINVAL);
        return converted;
    });
}

int crypt_set_uuid(crypt_device* cd, const char* uuid) {
    return guarded_with(cd, [&](crypt_device& self) -> Result<int> {
        LK_ASSIGN(const Volume* volume, loaded_volume(self));
        if (uuid != nullptr && volume->info().uuid == uuid) return 0;
        if (!confirmed(self,
                       latchkey::translate(N_("Do you really want to change UUID of device?"))))
            return silent(EPERM);
        std::string wanted;
        if (uuid == nullptr) {
            std::array<std::byte, 16> random{};
            LK_TRY(self.context.random->fill(random));
            wanted = latchkey::make_uuid(random);
        } else {
            LK_ASSIGN(wanted, latchkey::checked_uuid(uuid));
        }
        return change_volume(self, [&](Volume& changed) -> Result<int> {
            LK_TRY(changed.set_uuid(self.context, wanted));
            return 0;
        });
    });
}

int crypt_set_label(crypt_device* cd, const char* label, const char* subsystem) {
    return guarded_with(cd, [&](crypt_device& self) -> Result<int> {
        LK_TRY(loaded_luks2(self));
        return change_volume(self, [&](Volume& volume) -> Result<int> {
            LK_TRY(volume.set_label(self.context, label_of(label), label_of(subsystem)));
            return 0;
        });
    });
}
