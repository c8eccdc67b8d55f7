// SPDX-License-Identifier: LGPL-2.1-or-later
// Creates a volume: makes all of it in memory over the present contents, then writes it at once.
#include "formats/format.h"

#include <algorithm>
#include <cinttypes>
#include <utility>

#include "base/i18n.h"
#include "base/scope_guard.h"
#include "crypto/kdf.h"
#include "formats/outcome.h"
#include "io/claim.h"
#include "io/probe.h"
#include "latchkey/sectors.h"
#include "latchkey/volume.h"
#include "volume/area_commit.h"
#include "volume/auto_backup.h"
#include "volume/exclusive.h"
#include "volume/format_defaults.h"
#include "volume/new_keyslot.h"

namespace latchkey {
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

// A shorter file contains no header, and its contents must not be overwritten by one.
Result<void> check_growing_file(const Device& metadata, const FormatParams& params) {
    const bool may_be_empty = params.detached;
    if (!metadata.regular_file() || metadata.size() >= kSectorSize) return {};
    if (metadata.size() == 0 && may_be_empty) return {};
    return fail(Errc::DeviceTooSmall,
                "file %s of %" PRIu64 " bytes is too small, and is not extended",
                metadata.name().c_str(), metadata.size());
}

// A new header in memory, over the contents of its device.
struct Draft {
    Device device;
    std::unique_ptr<formats::LoadedHeader> header;
    VolumeKey key;

    [[nodiscard]] std::uint64_t length() const {
        std::uint64_t end = header->header_area_bytes();
        for (const ByteRange& range : device.changed_ranges())
            end = std::max(end, range.offset + range.length);
        return std::min(end, device.size());
    }
};

Result<Draft> make_draft(Context& context, const Device& metadata,
                         const std::optional<Device>& data, const FormatParams& params,
                         SecretBuffer volume_key) {
    LK_ASSIGN(const FormatParams complete, volume::complete_format_params(context, params));
    LK_ASSIGN(const formats::Format* format, formats::find(complete.type));
    if (metadata.read_only())
        return fail(Errc::AccessDenied, "%s is read only", metadata.name().c_str());
    LK_TRY(Volume::check_room(metadata, data, complete));
    if (data) LK_TRY(check_two_devices(metadata, *data, complete));
    LK_ASSIGN(VolumeKey key, make_key(context, complete.key_bytes, std::move(volume_key)));
    Device shadow = metadata.shadow();
    // In memory nothing takes long enough to report progress.
    ProgressSink sink = std::exchange(context.progress, {});
    const ScopeGuard restore([&] { context.progress = std::move(sink); });
    LK_ASSIGN(auto header, format->create(context, shadow.io(), data ? data->io().get() : nullptr,
                                          complete, key));
    return Draft{std::move(shadow), std::move(header), std::move(key)};
}

// Checks a forced KDF cost before anything is written, even if the keyslot is added only later.
Result<void> check_forced_cost(Context& context, const Draft& draft, const FormatParams& params) {
    if (!params.kdf.forced_iterations) return {};
    LK_ASSIGN(
        const formats::KeyslotSpec spec,
        volume::decide_keyslot(context, *draft.header, {.kdf = params.kdf}, draft.key.size()));
    return crypto::check_kdf_cost(spec.kdf, context.policy.kdf);
}

// Writes the draft to the device.
Result<std::unique_ptr<formats::LoadedHeader>> carry_out(Context& context, const Device& metadata,
                                                         const std::optional<Device>& data,
                                                         const FormatParams& params,
                                                         const Draft& draft) {
    LK_ASSIGN(const auto lock, volume::lock_exclusively(context, metadata));
    LK_TRY(io::check_not_in_use(*metadata.io()));
    if (data && data->identity() != metadata.identity()) LK_TRY(io::check_not_in_use(*data->io()));
    LK_TRY(volume::backup_unread_before_change(context, metadata, volume::kRawBackup));
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
    LK_TRY(
        volume::commit_area(context, metadata,
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

}  // namespace

Result<FormatParams> Volume::check_format(Context& context, const FormatParams& params) {
    return volume::complete_format_params(context, params);
}

Result<void> Volume::check_room(const Device& metadata, const std::optional<Device>& data,
                                const FormatParams& params) {
    LK_ASSIGN(const formats::Format* format, formats::find(params.type));
    LK_TRY(check_growing_file(metadata, params));
    if (format->check_room == nullptr) return {};
    return format->check_room(*metadata.io(), data ? data->io().get() : nullptr, params);
}

Result<Volume::Formatted> Volume::format(Context& context, Device metadata,
                                         const std::optional<Device>& data,
                                         const FormatParams& params, SecretBuffer volume_key) {
    LK_ASSIGN(Draft draft, make_draft(context, metadata, data, params, std::move(volume_key)));
    LK_TRY(check_forced_cost(context, draft, params));
    LK_ASSIGN(auto header, carry_out(context, metadata, data, params, draft));
    return Formatted{Volume(std::move(metadata), std::move(header)), std::move(draft.key)};
}

Result<Volume::Formatted> Volume::format(Context& context, Device metadata,
                                         const std::optional<Device>& data,
                                         const FormatParams& params, SecretBuffer volume_key,
                                         const Passphrase& passphrase, const NewKeyslot& keyslot) {
    LK_ASSIGN(Draft draft, make_draft(context, metadata, data, params, std::move(volume_key)));
    LK_TRY(volume::check_free_keyslot(*draft.header, keyslot.number));
    LK_ASSIGN(const formats::KeyslotSpec spec,
              volume::decide_keyslot(context, *draft.header, keyslot, draft.key.size()));
    LK_ASSIGN(const int number,
              volume::as_no_room(draft.header->add_keyslot(context, draft.key, passphrase, spec)));
    LK_ASSIGN(auto header, carry_out(context, metadata, data, params, draft));
    return Formatted{Volume(std::move(metadata), std::move(header)), std::move(draft.key), number};
}

}  // namespace latchkey
