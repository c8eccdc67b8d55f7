// SPDX-License-Identifier: LGPL-2.1-or-later
#include <chrono>
#include <optional>
#include <string>
#include <thread>

#include "base/i18n.h"
#include "base/strprintf.h"
#include "latchkey/crypt_device.h"
#include "latchkey/mapping.h"
#include "latchkey/sectors.h"
#include "volume/mapping_changes.h"

namespace latchkey::mapping {
namespace {

constexpr int kLooks = 10;
constexpr std::chrono::milliseconds kPause{100};

// Returns the status after udev, which opens each device that was written, has closed the device.
Result<MappingInfo> settled(Context& context, activate::Backend& backend, std::string_view name) {
    for (int look = 0;; ++look) {
        LK_ASSIGN(MappingInfo info, backend.status(context, name));
        if (!info.in_use || look == kLooks) return info;
        std::this_thread::sleep_for(kPause);
    }
}

std::string users_of(const MappingInfo& info) {
    std::string users;
    for (const Holder& holder : holders(info)) users += (users.empty() ? "" : ", ") + holder.what;
    return users.empty() ? std::string(translate("somebody")) : users;
}

// Returns the sectors that the data on the mapping take; nothing if that is unknown.
std::optional<std::uint64_t> sectors_taken(Context& context, const MappingInfo& info) {
    const auto device = Device::open(context, info.path, Access::ReadOnly);
    if (!device) return std::nullopt;
    const auto bytes = file_system_bytes(*device);
    if (!bytes || !*bytes || **bytes == 0) return std::nullopt;
    return (**bytes - 1) / kSectorSize + 1;
}

}  // namespace

Result<void> check_shrink(Context& context, activate::Backend& backend, std::string_view name,
                          std::uint64_t wanted_sectors) {
    if (wanted_sectors == 0) return {};
    LK_ASSIGN(const MappingInfo info, backend.status(context, name));
    if (!info.active || info.suspended || wanted_sectors >= info.size_sectors) return {};
    LK_ASSIGN(const MappingInfo now, settled(context, backend, name));
    if (!now.in_use) return {};
    const auto taken = sectors_taken(context, now);
    if (taken && *taken <= wanted_sectors) return {};
    const std::string end = taken ? strprintf(translate("its file system ends at sector %llu"),
                                              static_cast<unsigned long long>(*taken))
                                  : std::string(translate("the end of its data is unknown"));
    return fail(Errc::Busy,
                "device %s is in use by %s and cannot shrink from %llu to %llu sectors: %s. "
                "Unmount it, or shrink "
                "what is on it first",
                info.name.c_str(), users_of(now).c_str(),
                static_cast<unsigned long long>(info.size_sectors),
                static_cast<unsigned long long>(wanted_sectors), end.c_str());
}

}  // namespace latchkey::mapping
