// SPDX-License-Identifier: LGPL-2.1-or-later
// Begins an encryption of data in clear.
#include <cinttypes>
#include <utility>

#include "base/i18n.h"
#include "formats/format.h"
#include "formats/outcome.h"
#include "io/claim.h"
#include "latchkey/crypt_device.h"
#include "latchkey/sectors.h"
#include "latchkey/volume.h"
#include "model/shift_room.h"
#include "volume/area_commit.h"
#include "volume/cut_start.h"
#include "volume/draft.h"
#include "volume/exclusive.h"
#include "volume/new_keyslot.h"

namespace latchkey {
namespace {

const char* again_advice() {
    return translate(N_("the same command again completes the header; the data are not lost"));
}

// Writes the header over the first bytes of the data, which wait at the end of the device.
Result<void> write_over_data(Context& context, const Device& device, const io::BlockDevice& source,
                             std::uint64_t length, const formats::LoadedHeader& header) {
    return volume::commit_area(context, device,
                               {.source = source,
                                .length = length,
                                .next = header,
                                .present = nullptr,
                                .beginning_last = true,
                                .again = again_advice()});
}

Result<void> write_attached(Context& context, const Device& device, const volume::Draft& draft,
                            std::uint64_t shift) {
    const std::uint64_t length = draft.length();
    if (length > shift)
        return fail(Errc::DeviceTooSmall,
                    "a header of %" PRIu64 " bytes does not fit before data at %" PRIu64, length,
                    shift);
    LK_ASSIGN(const auto lock, volume::lock_exclusively(context, device));
    LK_TRY(io::check_not_in_use(*device.io()));
    if (context.cancelled())
        return fail(Errc::Interrupted, "stopped before %s was changed", device.name().c_str());
    // Holes of a sparse file are filled only while the data are written: a lack of room must show before.
    LK_TRY(device.io()->reserve(device.size()));
    Bytes header(length);
    LK_TRY(draft.device.io()->read(0, header));
    LK_TRY(volume::prepare_start(*device.io(), shift, header));
    return write_over_data(context, device, *draft.device.io(), length, *draft.header);
}

// Loads the header from the device and opens it from scratch: only then may data be moved.
Result<Volume::Formatted> opened_again(Context& context, Device metadata,
                                       const std::optional<Device>& data,
                                       const Passphrase& passphrase, int keyslot) {
    LoadOptions options{.type = "LUKS2"};
    if (data) options.data_device = data->name();
    const auto failed = [](Error error) {
        return formats::unfinished(
            std::move(error),
            translate("the new header is written, but does not open; no data were encrypted"));
    };
    auto volume = Volume::load(context, std::move(metadata), options);
    if (!volume) return failed(std::move(volume).error());
    UnlockOptions how;
    if (keyslot >= 0) how.keyslot = keyslot;
    auto opened = volume->unlock(context, passphrase, how);
    if (!opened) return failed(std::move(opened).error());
    return Volume::Formatted{std::move(volume).value(), std::move(opened->key), opened->keyslot};
}

Result<Volume::Formatted> complete_cut_start(Context& context, Device device,
                                             const volume::CutStart& cut,
                                             const Passphrase& passphrase) {
    LK_TRY(cut.header->unlock(context, passphrase, {}));
    context.log(LogLevel::Warning,
                "an encryption of %s was cut short while it wrote its header; it goes on",
                device.name().c_str());
    {
        LK_ASSIGN(const auto lock, volume::lock_exclusively(context, device));
        LK_TRY(io::check_not_in_use(*device.io()));
        LK_TRY(write_over_data(context, device, *cut.area, cut.area->size(), *cut.header));
    }
    return opened_again(context, std::move(device), std::nullopt, passphrase, -1);
}

}  // namespace

Result<std::optional<std::uint64_t>> Volume::encryption_start_was_cut_short(Context& context,
                                                                            const Device& device) {
    LK_ASSIGN(const auto cut, volume::find_cut_start(context, device.io()));
    return cut ? std::optional(cut->shift) : std::nullopt;
}

Result<std::uint64_t> Volume::check_shift(const Device& device, std::uint64_t shift_bytes,
                                          bool unknown_end) {
    LK_ASSIGN(const std::uint64_t left, model::bytes_after_shift(device.size(), shift_bytes));
    if (unknown_end) return left;
    LK_ASSIGN(const auto found, find_signatures(device));
    if (found.empty()) return left;
    LK_ASSIGN(const auto taken, file_system_bytes(device));
    const char* const advice =
        translate(N_("shrink the file system, not its device; or make the device larger; or keep "
                     "the header elsewhere: --header"));
    if (!taken)
        return fail(Errc::Refused,
                    "where the content of %s (%s) ends is not known, and its last %" PRIu64
                    " bytes would be lost",
                    device.name().c_str(), found.front().name.c_str(), 2 * shift_bytes)
            .with_hint(translate(
                N_("--header keeps the header elsewhere and loses nothing; --disable-blkid does "
                   "not look at the content")));
    if (*taken <= left) return left;
    return fail(Errc::DeviceTooSmall,
                "the %s on %s has %" PRIu64 " bytes, and %" PRIu64 " would be left: %" PRIu64
                " too few",
                found.front().name.c_str(), device.name().c_str(), *taken, left, *taken - left)
        .with_hint(advice);
}

Result<void> Volume::check_blocks(const Device& device, std::uint32_t sector_bytes) {
    if (sector_bytes <= kSectorSize) return {};
    LK_ASSIGN(const auto block, content_block_bytes(device));
    if (!block || *block >= sector_bytes) return {};
    return fail(Errc::Refused,
                "the content of %s may have blocks of %u bytes, and could not be used in sectors "
                "of %u",
                device.name().c_str(), *block, sector_bytes)
        .with_hint(translate(
            N_("--sector-size 512 suits any content; --disable-blkid does not look at it")));
}

Result<Volume::Formatted> Volume::begin_encryption(
    Context& context, Device metadata, const std::optional<Device>& data,
    const FormatParams& params, SecretBuffer volume_key, const Passphrase& passphrase,
    const NewKeyslot& keyslot, const ReencryptParams& how) {
    ReencryptParams encryption = how;
    encryption.mode = ReencryptMode::Encrypt;
    FormatParams header = params;
    header.detached = data.has_value();
    // The data are unchanged in smaller sectors, whatever they are.
    if (header.sector_size == 0) header.sector_size = 512;
    const Device& target = data ? *data : metadata;
    if (target.read_only())
        return fail(Errc::AccessDenied, "%s is read only", target.name().c_str());
    LK_ASSIGN(const auto cut, volume::find_cut_start(context, target.io()));
    if (cut && (data || cut->shift != how.shift_bytes))
        return volume::cut_short(target.name(), cut->shift);
    if (cut) return complete_cut_start(context, std::move(metadata), *cut, passphrase);
    // What is encrypted already is not data in clear.
    if (formats::load(context, target.io(), {.tell_damage = false, .at_rest = true}))
        return fail(Errc::Exists, "%s has a LUKS header already", target.name().c_str())
            .exits_with(1);
    if (data) {
        encryption.shift_bytes = 0;
    } else {
        LK_TRY(check_shift(metadata, how.shift_bytes, !params.wipe_signatures));
    }
    if (params.wipe_signatures) LK_TRY(check_blocks(target, header.sector_size));
    LK_ASSIGN(volume::Draft draft,
              volume::make_draft(context, metadata, data, header, std::move(volume_key)));
    LK_TRY(volume::check_free_keyslot(*draft.header, keyslot.number));
    LK_ASSIGN(const formats::KeyslotSpec spec,
              volume::decide_keyslot(context, *draft.header, keyslot, draft.key.size()));
    LK_ASSIGN(const int number,
              volume::as_no_room(draft.header->add_keyslot(context, draft.key, passphrase, spec)));
    LK_TRY(draft.header->begin_reencryption(context, data ? *data->io() : *draft.device.io(),
                                            draft.key, nullptr, std::nullopt, encryption));
    if (data) {
        LK_TRY(data->io()->reserve(data->size()));
        LK_TRY(volume::write_draft(context, metadata, data, header, draft));
    } else {
        LK_TRY(write_attached(context, metadata, draft, how.shift_bytes));
    }
    return opened_again(context, std::move(metadata), data, passphrase, number);
}

}  // namespace latchkey
