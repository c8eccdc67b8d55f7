// SPDX-License-Identifier: LGPL-2.1-or-later
// What is active.
#include "capi/guard.h"
#include "latchkey/mapping.h"

using namespace latchkey::capi;

crypt_status_info crypt_status(crypt_device* cd, const char* name) {
    if (name == nullptr) return CRYPT_INVALID;
    return guarded_or(cd, CRYPT_INVALID, [&]() -> latchkey::Result<crypt_status_info> {
        latchkey::Context own;
        LK_ASSIGN(const latchkey::MappingInfo info,
                  latchkey::mapping::status(cd != nullptr ? cd->context : own, name));
        if (!info.active) return CRYPT_INACTIVE;
        return info.in_use ? CRYPT_BUSY : CRYPT_ACTIVE;
    });
}

uint64_t crypt_get_active_integrity_failures(crypt_device*, const char*) {
    return 0;  // no mapping of ours has a dm-integrity device below it
}
