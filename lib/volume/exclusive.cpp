// SPDX-License-Identifier: LGPL-2.1-or-later
#include "volume/exclusive.h"

namespace latchkey::volume {

Result<formats::MetadataLock> lock_exclusively(Context& context, const Device& device) {
    if (device.read_only())
        return fail(Errc::AccessDenied, "%s is read only", device.name().c_str());
    return formats::lock_metadata(context, *device.io());
}

Result<void> check_same_volume(const Device& device, const formats::LoadedHeader& known,
                               const formats::LoadedHeader& now) {
    const std::string uuid = known.info().uuid;
    const std::string uuid_now = now.info().uuid;
    if (uuid == uuid_now) return {};
    return fail(Errc::ConcurrentChange, "UUID on %s is %s now, was %s", device.name().c_str(),
                uuid_now.c_str(), uuid.c_str());
}

Result<Exclusive> take_exclusive(Context& context, const Device& device,
                                 formats::LoadedHeader& known) {
    LK_ASSIGN(auto lock, lock_exclusively(context, device));
    LK_ASSIGN(auto current,
              formats::load(context, device.io(),
                            {.type = std::string(known.type()), .tell_damage = false}));
    LK_TRY(check_same_volume(device, known, *current));
    // Without a lock, others may change the header before the operation begins.
    auto held = lock ? known.hold(context, std::move(lock), *current) : nullptr;
    return Exclusive{std::move(current), std::move(held)};
}

}  // namespace latchkey::volume
