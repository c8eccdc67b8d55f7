// SPDX-License-Identifier: LGPL-2.1-or-later
// Creates and frees contexts, and sets their devices.
#include "capi/context.h"

#include <sys/stat.h>

#include <memory>

#include "base/i18n.h"
#include "capi/guard.h"
#include "latchkey/peer.h"
#include "latchkey/wording.h"

namespace latchkey::capi {
namespace {

int level_of(LogLevel level) {
    switch (level) {
        case LogLevel::Error: return CRYPT_LOG_ERROR;
        case LogLevel::Warning:
        case LogLevel::Normal: return CRYPT_LOG_NORMAL;
        // The messages that our commands print with -v are unknown to clients of the peer.
        case LogLevel::Verbose:
        case LogLevel::Debug: return CRYPT_LOG_DEBUG;
        case LogLevel::DebugJson: return CRYPT_LOG_DEBUG_JSON;
    }
    return CRYPT_LOG_DEBUG;
}

}  // namespace

std::unique_ptr<crypt_device> new_device() {
    auto cd = std::make_unique<crypt_device>();
    crypt_device* const self = cd.get();
    cd->context.policy.guard_last_keyslot = false;  // the caller says which keyslot to destroy
    cd->context.repair_command = "cryptsetup repair";
    cd->context.log_sink = [self](LogLevel level, std::string_view text) {
        log_line(self, level_of(level),
                 level <= LogLevel::Normal ? sentence(text) : std::string(text));
    };
    return cd;
}

// Accepts block devices and regular files, because only these can be opened later.
Result<void> check_device(const char* path) {
    struct stat about {};
    if (::stat(path, &about) != 0) {
        return error_saying(ENOTBLK, "Device %s does not exist or access denied.", path);
    }
    if (S_ISBLK(about.st_mode) || S_ISREG(about.st_mode)) return {};
    return error_saying(ENOTBLK, "Device %s is not compatible.", path);
}

}  // namespace latchkey::capi

using namespace latchkey::capi;

int crypt_init(crypt_device** cd, const char* device) {
    return crypt_init_data_device(cd, device, nullptr);
}

int crypt_init_data_device(crypt_device** cd, const char* device, const char* data_device) {
    if (cd == nullptr) return -EINVAL;
    return guarded(nullptr, [&]() -> latchkey::Result<int> {
        if (device != nullptr) LK_TRY(check_device(device));
        if (data_device != nullptr) LK_TRY(check_device(data_device));
        auto made = new_device();
        if (device != nullptr) made->header_path = device;
        if (data_device != nullptr && made->header_path != data_device)
            made->data_path = data_device;
        *cd = made.release();
        return 0;
    });
}

void crypt_free(crypt_device* cd) {
    delete cd;
}

void crypt_set_confirm_callback(crypt_device* cd, int (*confirm)(const char*, void*),
                                void* usrptr) {
    if (cd == nullptr) return;
    cd->confirm = confirm;
    cd->confirm_user = usrptr;
}

int crypt_set_data_device(crypt_device* cd, const char* device) {
    return guarded_with(cd, [&](crypt_device& self) -> latchkey::Result<int> {
        if (device == nullptr) return silent(EINVAL);
        LuksFacet* const luks = luks_of(self);
        if (luks == nullptr) {
            return error_saying(EINVAL, "This operation is not supported for this device type.");
        }
        LK_TRY(check_device(device));
        LK_ASSIGN(const latchkey::Device data,
                  latchkey::Device::open(self.context, device, latchkey::Access::ReadOnly));
        if (data.size() <= luks->volume().info().data_offset) {
            return error_saying(EINVAL, "Header detected but device %s is too small.", device);
        }
        self.data_path = self.header_path == device ? std::string() : std::string(device);
        self.data_device = data.identity();
        LK_TRY(load_volume(self, std::string(type_of(self))));
        return 0;
    });
}

int crypt_set_data_offset(crypt_device* cd, uint64_t data_offset) {
    return guarded_with(cd, [&](crypt_device& self) -> latchkey::Result<int> {
        constexpr std::uint64_t kUnit = 8;  // sectors
        if (data_offset % kUnit != 0) {
            return error_saying(EINVAL, "Data offset is not multiple of %u bytes.", 4096U);
        }
        self.data_offset_sectors = data_offset;
        return 0;
    });
}
