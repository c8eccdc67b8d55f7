// SPDX-License-Identifier: LGPL-2.1-or-later
#include "base/i18n.h"
#include "base/strprintf.h"
#include "formats/format.h"
#include "latchkey/sectors.h"
#include "latchkey/volume.h"
#include "latchkey/wording.h"

namespace latchkey {
namespace {

StorageRange header_storage(const Device& device, const formats::LoadedHeader& header) {
    return device.storage().part(0, header.header_area_bytes());
}

std::string warning_of(const formats::NullCipher& place) {
    const std::string where = shown(place.field + " " + place.value);
    return strprintf(
        place.of_data ? translate(N_("%s encrypts nothing: the data are stored in clear"))
                      : translate(N_("%s encrypts nothing: anyone who has the disk has the key")),
        where.c_str());
}

}  // namespace

Result<MappingPlan> Volume::plan(Context& context, const UnlockedVolume& unlocked) const {
    if (unlocked.unbound)
        return fail(Errc::NoUsableKeyslot, "keyslot %d holds a key that belongs to no data",
                    unlocked.keyslot);
    if (unlocked.key.vouched() != Vouched::ByDigest)
        return fail(Errc::InvalidArgument,
                    "the volume key was not checked against the digest of the header");
    const std::vector<formats::NullCipher> null_ciphers = header_->null_ciphers();
    LK_TRY(formats::check_null_data(context.policy, null_ciphers, unlocked.empty_passphrase));
    LK_ASSIGN(MappingPlan plan, header_->plan(context, unlocked.keys()));
    plan.header = header_storage(device_, *header_);
    // Warns even if policy allows it or the volume was opened without a passphrase.
    for (const formats::NullCipher& place : null_ciphers)
        if (place.of_data) context.log_text(LogLevel::Warning, warning_of(place));
    return plan;
}

Result<void> Volume::check_data_device(const Device& data) const {
    LK_TRY(header_->check_mappable());
    const VolumeInfo about = header_->info();
    PlanSegment all{.device_offset = about.data_offset / kSectorSize};
    if (about.data_size != 0) all.length = about.data_size / kSectorSize;
    const MappingPlan plan{.type = about.type,
                           .segments = {std::move(all)},
                           .header = header_storage(device_, *header_)};
    return plan.check_apart(data.storage(), data.name());
}

std::vector<std::string> Volume::warnings() const {
    std::vector<std::string> lines;
    for (const formats::NullCipher& place : header_->null_ciphers())
        lines.push_back(warning_of(place));
    return lines;
}

}  // namespace latchkey
