// SPDX-License-Identifier: LGPL-2.1-or-later
// Mappings end, or change their size.
#include "base/i18n.h"
#include "capi/activation.h"
#include "capi/guard.h"
#include "latchkey/sectors.h"

using namespace latchkey::capi;
using latchkey::Errc;
using latchkey::kSectorSize;
using latchkey::MappingInfo;
using latchkey::Result;

namespace {

int not_active(const crypt_device* cd, const char* name, int answer) {
    log_error(cd, N_("Device %s is not active."), name);
    return answer;
}

int mismatching(const crypt_device* cd, const char* name, const latchkey::Error& error) {
    log_debug(cd, "# %s", error.message.c_str());
    log_error(cd, N_("Mismatching parameters on device %s."), name);
    return -EINVAL;
}

Result<int> resize(crypt_device& cd, const char* name, std::uint64_t sectors) {
    LK_ASSIGN(const MappingInfo info, latchkey::mapping::status(cd.context, name));
    if (!info.active || info.suspended || info.cipher.empty()) return not_active(&cd, name, -EINVAL);
    const bool needs_key = info.key_in_keyring;
    if (is_luks(cd) && cd.volume) {
        const latchkey::VolumeInfo volume = cd.volume->info();
        if (needs_key && !cd.mapped_key) return -EPERM;
        if (const auto own = latchkey::mapping::check_header(cd.context, *cd.volume, info); !own)
            return mismatching(&cd, name, own.error());
        // What comes after the data of a header that says their size is not the volume's.
        const std::uint64_t most = volume.data_size / kSectorSize;
        if (most != 0 && (sectors == 0 || sectors > most)) sectors = most;
    }
    if (needs_key && !cd.mapped_key) return -EPERM;
    auto resized = latchkey::mapping::resize(cd.context, name, sectors,
                                             needs_key ? &*cd.mapped_key : nullptr);
    if (resized) return 0;
    if (resized.error().code == Errc::DeviceTooSmall) {
        log_error(&cd, N_("Device %s is too small."), info.device.c_str());
        return -EINVAL;
    }
    if (resized.error().code == Errc::InvalidArgument && sectors % (info.sector_size / kSectorSize) != 0) {
        log_error(&cd, N_("Device size is not aligned to requested sector size."));
        return -EINVAL;
    }
    return std::move(resized).error();
}

}  // namespace

int crypt_resize(crypt_device* cd, const char* name, uint64_t new_size) {
    return guarded_with(cd, [&](crypt_device& self) -> Result<int> {
        if (name == nullptr || self.type.empty()) return -EINVAL;
        return resize(self, mapped_name(name).data(), new_size);
    });
}

int crypt_deactivate_by_name(crypt_device* cd, const char* name, uint32_t flags) {
    constexpr std::uint32_t kBoth = CRYPT_DEACTIVATE_DEFERRED | CRYPT_DEACTIVATE_DEFERRED_CANCEL;
    if (name == nullptr || (flags & kBoth) == kBoth) return -EINVAL;
    return guarded(cd, [&]() -> Result<int> {
        latchkey::Context own;
        auto closed =
            latchkey::mapping::close(cd != nullptr ? cd->context : own, mapped_name(name),
                                     {.deferred = (flags & CRYPT_DEACTIVATE_DEFERRED) != 0,
                                      .cancel_deferred = (flags & CRYPT_DEACTIVATE_DEFERRED_CANCEL) != 0});
        if (closed) return 0;
        switch (closed.error().code) {
            case Errc::NoDevice:
            case Errc::NotFound: return not_active(cd, name, -ENODEV);
            case Errc::Busy:
                log_debug(cd, "# %s", closed.error().message.c_str());
                log_error(cd, N_("Device %s is still in use."), name);
                return -EBUSY;
            default: return std::move(closed).error();
        }
    });
}

int crypt_deactivate(crypt_device* cd, const char* name) {
    return crypt_deactivate_by_name(cd, name, 0);
}
