// SPDX-License-Identifier: LGPL-2.1-or-later
// Reports what is active.
#include "capi/activation.h"
#include "capi/activation_flags.h"
#include "capi/guard.h"

using namespace latchkey::capi;

crypt_status_info crypt_status(crypt_device* cd, const char* name) {
    if (name == nullptr) return CRYPT_INVALID;
    return guarded_or(cd, CRYPT_INVALID, [&]() -> latchkey::Result<crypt_status_info> {
        latchkey::Context own;
        LK_ASSIGN(const latchkey::MappingInfo info,
                  latchkey::mapping::status(cd != nullptr ? cd->context : own,
                                            latchkey::mapping::name_of(name)));
        if (!info.active) return CRYPT_INACTIVE;
        return info.in_use ? CRYPT_BUSY : CRYPT_ACTIVE;
    });
}

int crypt_get_active_device(crypt_device* cd, const char* name, crypt_active_device* cad) {
    if (name == nullptr || cad == nullptr) return -EINVAL;
    return guarded_with(cd, [&](crypt_device& self) -> latchkey::Result<int> {
        LK_ASSIGN(const latchkey::MappingInfo info,
                  latchkey::mapping::status(self.context, latchkey::mapping::name_of(name)));
        if (!info.active || info.without_table) return silent(ENODEV);
        *cad = {.offset = info.offset_sectors,
                .iv_offset = info.iv_offset_sectors,
                .size = info.size_sectors,
                .flags = flags_of(info)};
        return 0;
    });
}

uint64_t crypt_get_active_integrity_failures(crypt_device*, const char*) {
    return 0;  // our mappings have no dm-integrity device below
}
