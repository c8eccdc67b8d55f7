// SPDX-License-Identifier: LGPL-2.1-or-later
#include "formats/format.h"

#include <cinttypes>

#include "base/i18n.h"
#include "io/claim.h"
#include "latchkey/sectors.h"
#include "latchkey/volume.h"
#include "volume/auto_backup.h"
#include "volume/exclusive.h"
#include "volume/format_defaults.h"

namespace latchkey {
namespace {

Result<VolumeKey> make_key(Context& context, std::uint32_t key_bytes, SecretBuffer given) {
    if (given.empty()) {
        SecretBuffer made(key_bytes);
        LK_TRY(context.random->fill(made.bytes()));
        return VolumeKey(Verified(), std::move(made));
    }
    if (given.size() != key_bytes)
        return fail(Errc::InvalidArgument, "volume key of %zu bytes, key size of %" PRIu32,
                    given.size(), key_bytes);
    return VolumeKey(Verified(), std::move(given));  // the header to be written is made for it
}

// The data of a detached header begin at offset 0 by default: on its own device they would lie over it.  Who names an
// offset behind every header has them beside each other.
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

Result<FormatParams> Volume::check_format(Context& context, const FormatParams& params) {
    return volume::complete_format_params(context, params);
}

Result<Volume::Formatted> Volume::format(Context& context, Device metadata,
                                         const std::optional<Device>& data,
                                         const FormatParams& params, SecretBuffer volume_key) {
    LK_ASSIGN(const FormatParams complete, volume::complete_format_params(context, params));
    LK_ASSIGN(const formats::Format* format, formats::find(complete.type));
    LK_ASSIGN(VolumeKey key, make_key(context, complete.key_bytes, std::move(volume_key)));
    LK_ASSIGN(const auto lock, volume::lock_exclusively(context, metadata));
    LK_TRY(io::check_not_in_use(*metadata.io()));
    if (data) {
        LK_TRY(check_two_devices(metadata, *data, complete));
        if (data->identity() != metadata.identity()) LK_TRY(io::check_not_in_use(*data->io()));
    }
    LK_TRY(volume::backup_unread_before_change(context, metadata, volume::kRawBackup));
    LK_ASSIGN(auto header, format->create(context, metadata.io(), data ? data->io().get() : nullptr,
                                          complete, key));
    return Formatted{Volume(std::move(metadata), std::move(header)), std::move(key)};
}

}  // namespace latchkey
