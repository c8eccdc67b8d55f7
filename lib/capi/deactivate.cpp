// SPDX-License-Identifier: LGPL-2.1-or-later
// Removes mappings and changes their size.
#include "base/i18n.h"
#include "capi/activation.h"
#include "capi/guard.h"
#include "latchkey/peer.h"
#include "latchkey/sectors.h"

using namespace latchkey::capi;
using latchkey::Call;
using latchkey::Condition;
using latchkey::Errc;
using latchkey::fail;
using latchkey::kSectorSize;
using latchkey::MappingInfo;
using latchkey::Result;

namespace {

Result<int> resize(crypt_device& cd, const std::string& name, std::uint64_t sectors) {
    LK_ASSIGN(const MappingInfo info, latchkey::mapping::status(cd.context, name));
    if (!info.active || info.suspended || info.cipher.empty())
        return told_by(
            fail(Errc::NoDevice, "device %s is not an encrypted mapping in use", name.c_str())
                .because(Condition::MappingInactive, name),
            Call::Resize);
    const bool needs_key = info.key_in_keyring;
    if (const LuksFacet* luks = luks_of(cd)) {
        const latchkey::VolumeInfo volume = luks->volume().info();
        if (needs_key && !cd.mapped_key) return silent(EPERM);
        if (const auto own = latchkey::mapping::check_header(cd.context, luks->volume(), info);
            !own)
            return latchkey::Error(own.error())
                .because(Condition::OtherMapping, name)
                .with_errno(EINVAL);
        // If the header gives the size of the data, what follows them is not part of the volume.
        const std::uint64_t most = volume.data_size / kSectorSize;
        if (most != 0 && (sectors == 0 || sectors > most)) sectors = most;
    }
    if (needs_key && !cd.mapped_key) return silent(EPERM);
    LK_TRY(latchkey::mapping::resize(cd.context, name, sectors,
                                     needs_key ? &*cd.mapped_key : nullptr));
    return 0;
}

}  // namespace

int crypt_resize(crypt_device* cd, const char* name, uint64_t new_size) {
    return guarded_with(cd, [&](crypt_device& self) -> Result<int> {
        if (name == nullptr || type_of(self).empty()) return silent(EINVAL);
        return resize(self, latchkey::mapping::name_of(name), new_size);
    });
}

int crypt_deactivate_by_name(crypt_device* cd, const char* name, uint32_t flags) {
    constexpr std::uint32_t kBoth = CRYPT_DEACTIVATE_DEFERRED | CRYPT_DEACTIVATE_DEFERRED_CANCEL;
    if (name == nullptr || (flags & kBoth) == kBoth) return -EINVAL;
    return guarded(cd, [&]() -> Result<int> {
        latchkey::Context own;
        LK_TRY(latchkey::mapping::close(
            cd != nullptr ? cd->context : own, latchkey::mapping::name_of(name),
            {.deferred = (flags & CRYPT_DEACTIVATE_DEFERRED) != 0,
             .cancel_deferred = (flags & CRYPT_DEACTIVATE_DEFERRED_CANCEL) != 0}));
        return 0;
    });
}

int crypt_deactivate(crypt_device* cd, const char* name) {
    return crypt_deactivate_by_name(cd, name, 0);
}
