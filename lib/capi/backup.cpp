// SPDX-License-Identifier: LGPL-2.1-or-later
#include "base/i18n.h"
#include "base/strprintf.h"
#include "capi/guard.h"
#include "latchkey/condition.h"
#include "latchkey/peer.h"

using namespace latchkey::capi;
using latchkey::Access;
using latchkey::Condition;
using latchkey::Device;
using latchkey::Errc;
using latchkey::Error;
using latchkey::Result;
using latchkey::translate;
using latchkey::Volume;

namespace {

// Returns LoadOptions::type for the requested type; nothing for types without a header that we read.
std::optional<std::string> luks_type(const char* type) {
    if (type == CRYPT_LUKS) return "";
    const std::string name(type);
    if (name == CRYPT_LUKS1 || name == CRYPT_LUKS2) return name;
    return {};
}

}  // namespace

int crypt_header_backup(crypt_device* cd, const char* requested_type, const char* backup_file) {
    return guarded_with(cd, [&](crypt_device& self) -> Result<int> {
        const auto type = luks_type(requested_type);
        if (!type || backup_file == nullptr) return silent(EINVAL);
        if (luks_of(self) != nullptr && !type->empty() && *type != type_of(self))
            return silent(EINVAL);
        LK_ASSIGN(const Device device, open_header(self, Access::ReadOnly));
        auto volume = Volume::load(self.context, device, {.type = *type});
        if (!volume && volume.error().code == Errc::Unreadable) return std::move(volume).error();
        if (!volume)
            return std::move(volume).error().because(Condition::NoLuksHeader, self.header_path);
        LK_TRY(volume->backup(self.context, backup_file));
        return 0;
    });
}

int crypt_header_restore(crypt_device* cd, const char* requested_type, const char* backup_file) {
    return guarded_with(cd, [&](crypt_device& self) -> Result<int> {
        const auto type = luks_type(requested_type);
        if (!type || backup_file == nullptr || (!type_of(self).empty() && luks_of(self) == nullptr))
            return silent(EINVAL);
        if (luks_of(self) != nullptr && !type->empty() && *type != type_of(self)) {
            return Error().because(Condition::NoHeaderInBackup, backup_file);
        }
        auto backup = Device::open(self.context, backup_file, Access::ReadOnly);
        if (!backup) {
            log_debug(&self, "# %s", backup.error().message.c_str());
            log_error(&self, N_("Device %s does not exist or access denied."), backup_file);
            return Error().because(Condition::NoHeaderInBackup, backup_file);
        }
        LK_ASSIGN(const Device device, open_header(self, Access::ReadWrite));
        auto warnings = Volume::check_restore(self.context, device, *backup, *type);
        if (!warnings) return std::move(warnings).error();
        std::string question;
        for (const std::string& warning : *warnings) question += warning + "\n";
        if (!question.empty() && !confirmed(self, question)) return silent(EINVAL);
        LK_TRY(Volume::restore(self.context, device, *backup, *type));
        LK_TRY(load_volume(self, *type));
        return 0;
    });
}
