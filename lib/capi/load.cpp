// SPDX-License-Identifier: LGPL-2.1-or-later
// Reading headers, and what changes a whole header.
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

// 0 if `type` may be LUKS; LoadOptions::type is what to ask for then.
int check_type(const crypt_device& cd, const char* type, const char* call) {
    if (type == CRYPT_LUKS) return 0;
    const std::string_view name(type);
    for (const OtherFormat& other : kOtherFormats)
        if (name == other.type) return not_supported(&cd, call, other.feature);
    return name == CRYPT_LUKS1 || name == CRYPT_LUKS2 ? 0 : -EINVAL;
}

std::string text_of(const char* text) {
    return text != nullptr ? text : "";
}

// Labels are cut, as the peer does, though not inside of a UTF-8 character.
std::string label_of(const char* text) {
    std::string label = text_of(text);
    if (label.size() <= kLongestLabel) return label;
    std::size_t end = kLongestLabel;
    while (end > 0 && (static_cast<unsigned char>(label[end]) & 0xc0) == 0x80) --end;
    label.resize(end);
    return label;
}

}  // namespace

int crypt_load(crypt_device* cd, const char* requested_type, void*) {
    return guarded_with(cd, [&](crypt_device& self) -> Result<int> {
        if (const int refused = check_type(self, requested_type, "crypt_load"); refused < 0) return refused;
        if (!self.type.empty() && !is_luks(self)) return -EINVAL;
        // Who loads again must get what the context is.
        if (requested_type != CRYPT_LUKS && is_luks(self) && self.type != requested_type) return -EINVAL;
        auto loaded = load_volume(self, text_of(requested_type));
        if (loaded) return 0;
        // Whether something is LUKS is what many ask; no is an answer.
        if (loaded.error().code == Errc::NotThisFormat) return report_quietly(&self, loaded.error());
        return std::move(loaded).error();
    });
}

int crypt_repair(crypt_device* cd, const char* requested_type, void*) {
    return guarded_with(cd, [&](crypt_device& self) -> Result<int> {
        if (const int refused = check_type(self, requested_type, "crypt_repair"); refused < 0) return refused;
        if (requested_type != CRYPT_LUKS && is_luks(self) && self.type != requested_type) return -EINVAL;
        if (!confirmed(self, latchkey::translate(N_("Really try to repair LUKS device header?"))))
            return -EPERM;
        LK_ASSIGN(latchkey::Device device, open_header(self, latchkey::Access::ReadWrite));
        const auto done = Volume::repair(self.context, std::move(device), text_of(requested_type));
        if (!done && done.error().code == Errc::NotThisFormat) {
            log_error(&self, N_("Device %s is not a valid LUKS device."), self.header_path.c_str());
            return -EINVAL;
        }
        if (!done) return done.error();
        for (const std::string& line : *done) log_line(&self, CRYPT_LOG_VERBOSE, line);
        LK_TRY(load_volume(self, text_of(requested_type)));
        if (self.volume->check_areas(self.context) == 0 && done->empty())
            log_line(&self, CRYPT_LOG_VERBOSE,
                     latchkey::translate(N_("No known problems detected for LUKS header.")));
        return 0;
    });
}

int crypt_convert(crypt_device* cd, const char* type, void*) {
    return guarded_with(cd, [&](crypt_device& self) -> Result<int> {
        if (type == nullptr) return -EINVAL;
        LK_TRY(loaded_volume(self));
        if (self.type == type) return -EINVAL;
        if (type != std::string_view(CRYPT_LUKS1) && type != std::string_view(CRYPT_LUKS2)) return -EINVAL;
        auto converted = change_volume(self, [&](Volume& volume) -> Result<int> {
            LK_TRY(volume.convert(self.context, type));
            return 0;
        });
        if (converted) self.pbkdf.reset();
        if (!converted && converted.error().code == Errc::NotSupported) {
            report(&self, converted.error());
            return -EINVAL;
        }
        return converted;
    });
}

int crypt_set_uuid(crypt_device* cd, const char* uuid) {
    return guarded_with(cd, [&](crypt_device& self) -> Result<int> {
        LK_ASSIGN(const Volume* volume, loaded_volume(self));
        if (uuid != nullptr && volume->info().uuid == uuid) return 0;
        if (!confirmed(self, latchkey::translate(N_("Do you really want to change UUID of device?"))))
            return -EPERM;
        std::string wanted;
        if (uuid == nullptr) {
            std::array<std::byte, 16> random{};
            LK_TRY(self.context.random->fill(random));
            wanted = latchkey::make_uuid(random);
        } else if (const auto parsed = latchkey::parse_uuid(uuid)) {
            wanted = *parsed;
        } else {
            log_error(&self, N_("Wrong LUKS UUID format provided."));
            return -EINVAL;
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
