// SPDX-License-Identifier: LGPL-2.1-or-later
#include "volume/draft.h"

#include <algorithm>
#include <cinttypes>
#include <utility>

#include "base/i18n.h"
#include "base/without_progress.h"
#include "formats/outcome.h"
#include "io/claim.h"
#include "io/probe.h"
#include "latchkey/sectors.h"
#include "latchkey/volume.h"
#include "volume/area_commit.h"
#include "volume/auto_backup.h"
#include "volume/exclusive.h"
#include "volume/format_defaults.h"

namespace latchkey::volume {
namespace {

// Returns the volume key; the new header gets its digest.
Result<VolumeKey> make_key(Context& context, std::uint32_t key_bytes, SecretBuffer given) {
    if (given.empty()) {
        SecretBuffer made(key_bytes);
        LK_TRY(context.random->fill(made.bytes()));
        return VolumeKey(Vouched::ByDigest, std::move(made));
    }
    if (given.size() != key_bytes)
        return fail(Errc::InvalidArgument, "volume key of %zu bytes, key size of %" PRIu32,
                    given.size(), key_bytes);
    return VolumeKey(Vouched::ByDigest, std::move(given));
}

// Refuses a header and data on the same device if they overlap.  By default the data of a detached header begin at
// offset 0, so they would overwrite the header; with an offset beyond every header both fit.
Result<void> check_two_devices(const Device& metadata, const Device& data,
                               const FormatParams& params) {
    constexpr std::uint64_t kEnough = (16U << 20U) / kSectorSize;
    const StorageRange header = metadata.storage();
    const StorageRange storage = data.storage();
    if (!overlap(header, storage)) return {};
    if (params.data_offset_sectors.value_or(0) >= kEnough && header.offset == storage.offset)
        return {};
    return fail(Errc::InvalidArgument, "header %s and data device %s are the same device",
                metadata.name().c_str(), data.name().c_str())
        .with_hint(translate(N_("leave out --header: then the header is put before the data")));
}

}  // namespace

std::uint64_t Draft::length() const {
    std::uint64_t end = header->header_area_bytes();
    for (const ByteRange& range : device.changed_ranges())
        end = std::max(end, range.offset + range.length);
    return std::min(end, device.size());
}

Result<Draft> make_draft(Context& context, const Device& metadata,
                         const std::optional<Device>& data, const FormatParams& params,
                         SecretBuffer volume_key) {
    LK_ASSIGN(const FormatParams complete, complete_format_params(context, params));
    LK_ASSIGN(const formats::Format* format, formats::find(complete.type));
    if (metadata.read_only())
        return fail(Errc::AccessDenied, "%s is read only", metadata.name().c_str());
    LK_TRY(Volume::check_room(metadata, data, complete));
    if (data) LK_TRY(check_two_devices(metadata, *data, complete));
    LK_ASSIGN(VolumeKey key, make_key(context, complete.key_bytes, std::move(volume_key)));
    Device shadow = metadata.shadow();
    // In memory nothing takes long enough to report progress.
    const WithoutProgress quiet(context);
    LK_ASSIGN(auto header, format->create(context, shadow.io(), data ? data->io().get() : nullptr,
                                          complete, key));
    return Draft{std::move(shadow), std::move(header), std::move(key)};
}

Result<std::unique_ptr<formats::LoadedHeader>> write_draft(Context& context, const Device& metadata,
                                                           const std::optional<Device>& data,
                                                           const FormatParams& params,
                                                           const Draft& draft) {
    LK_ASSIGN(const auto lock, lock_exclusively(context, metadata));
    LK_TRY(io::check_not_in_use(*metadata.io()));
    if (data && data->identity() != metadata.identity()) LK_TRY(io::check_not_in_use(*data->io()));
    LK_TRY(backup_unread_before_change(context, metadata, kRawBackup));
    // Signatures behind the header, such as a RAID superblock or the second partition table, would make other programs
    // claim the device.  They are searched before the first write, which may be refused, and wiped after the header is
    // written: until then everything on the device stays intact.
    std::vector<io::FoundSignature> others;
    if (params.wipe_signatures) {
        auto found = io::find_signatures(*metadata.io());
        if (!found)
            return std::move(found).error().with_hint(translate(
                N_("with --disable-blkid it is formatted without a look at what is there")));
        others = std::move(found).value();
    }
    const auto present = formats::load(context, metadata.io(), {.tell_damage = false});
    LK_TRY(commit_area(context, metadata,
                       {.source = *draft.device.io(),
                        .length = draft.length(),
                        .next = *draft.header,
                        .present = present ? present->get() : nullptr,
                        .again = translate(N_("format it again when the device is sound"))}));
    auto header = formats::load(context, metadata.io(),
                                {.type = std::string(draft.header->type()),
                                 .data_device = data ? data->name() : std::string()});
    if (!header)
        return formats::unfinished(std::move(header).error(),
                                   translate("the new header is written, but cannot be read back"));
    if ((*header)->info().uuid != draft.header->info().uuid ||
        (*header)->keyslots().size() != draft.header->keyslots().size())
        return fail(Errc::Io, "%s does not give back the header that was written",
                    metadata.name().c_str());
    if (auto wiped = io::wipe_signatures(*metadata.io(), others, draft.length()); !wiped)
        return formats::unfinished(
            std::move(wiped).error(),
            translate(
                "the new header is written, but a signature of what was there before remains"));
    return header;
}

}  // namespace latchkey::volume
