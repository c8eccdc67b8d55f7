// SPDX-License-Identifier: LGPL-2.1-or-later
#include "formats/format.h"
#include "latchkey/sectors.h"
#include "latchkey/volume.h"

namespace latchkey {
namespace {

StorageRange header_storage(const Device& device, const formats::LoadedHeader& header) {
    return device.storage().part(0, header.header_area_bytes());
}

}  // namespace

Result<MappingPlan> Volume::plan(const UnlockedVolume& unlocked) const {
    if (unlocked.unbound)
        return fail(Errc::NoUsableKeyslot, "keyslot %d holds a key that belongs to no data",
                    unlocked.keyslot);
    LK_ASSIGN(MappingPlan plan, header_->plan(unlocked.key));
    plan.header = header_storage(device_, *header_);
    return plan;
}

Result<void> Volume::check_data_device(const Device& data) const {
    const VolumeInfo about = header_->info();
    CryptSegment all{.device_offset = about.data_offset / kSectorSize};
    if (about.data_size != 0) all.length = about.data_size / kSectorSize;
    const MappingPlan plan{.type = about.type,
                           .segments = {std::move(all)},
                           .header = header_storage(device_, *header_)};
    return plan.check_apart(data.storage(), data.name());
}

}  // namespace latchkey
