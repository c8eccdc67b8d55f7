// SPDX-License-Identifier: LGPL-2.1-or-later
#include "formats/format.h"

#include <cinttypes>

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
    LK_TRY(volume::backup_unread_before_change(context, metadata, volume::kRawBackup));
    LK_ASSIGN(auto header, format->create(context, metadata.io(), data ? data->io().get() : nullptr,
                                          complete, key));
    return Formatted{Volume(std::move(metadata), std::move(header)), std::move(key)};
}

}  // namespace latchkey
