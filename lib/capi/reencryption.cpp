// SPDX-License-Identifier: LGPL-2.1-or-later
// Reports a reencryption that another program began; this interface cannot continue it.
#include "capi/guard.h"

using namespace latchkey::capi;

namespace {

constexpr std::string_view kOffline = "offline-reencrypt";

}  // namespace

crypt_reencrypt_info crypt_reencrypt_status(crypt_device* cd,
                                            struct crypt_params_reencrypt* params) {
    if (params != nullptr) *params = {};
    if (cd == nullptr || luks_of(*cd) == nullptr) return CRYPT_REENCRYPT_INVALID;
    return guarded_or(cd, CRYPT_REENCRYPT_INVALID, [&] {
        const latchkey::Volume& volume = luks_of(*cd)->volume();
        const latchkey::VolumeInfo info = volume.info();
        for (const std::string& requirement : info.requirements)
            if (requirement.starts_with(kOffline)) return CRYPT_REENCRYPT_INVALID;
        switch (volume.reencryption().value_or(latchkey::ReencryptionState::Clean)) {
            case latchkey::ReencryptionState::None: return CRYPT_REENCRYPT_NONE;
            case latchkey::ReencryptionState::Clean: return CRYPT_REENCRYPT_CLEAN;
            case latchkey::ReencryptionState::CutShort: return CRYPT_REENCRYPT_CRASH;
        }
        return CRYPT_REENCRYPT_INVALID;
    });
}
