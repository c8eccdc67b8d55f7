// SPDX-License-Identifier: GPL-2.0-or-later
#include "actions/encrypt.h"

#include <cinttypes>
#include <utility>

#include "actions/keyslot_options.h"
#include "actions/loading.h"
#include "actions/luks_format.h"
#include "actions/reencrypt.h"
#include "actions/signatures.h"
#include "cli/options_reencrypt.h"
#include "latchkey/sectors.h"
#include "text/format.h"
#include "ui/secret_sources.h"
#include "ui/ui.h"

namespace latchkey::cli {
namespace {

constexpr std::uint64_t kPage = 4096;  // bytes

Result<void> check_options(const Arguments& args) {
    if (!args.has(opt::header) && !args.has(opt::reduce_device_size))
        return fail_saying(
            Errc::InvalidArgument,
            "Encryption without detached header (--header) is not possible without data device "
            "size reduction (--reduce-device-size).");
    if (args.has(opt::header) && args.has(opt::reduce_device_size))
        return fail(Errc::NotSupported,
                    "reencrypt --encrypt --header --reduce-device-size cannot be done yet");
    LK_ASSIGN(const std::string type, library_type(args));
    if (type == "LUKS1")
        return fail(Errc::NotSupported, "reencrypt --encrypt --type luks1 cannot be done yet");
    return {};
}

// Returns by how much the data move: half of --reduce-device-size, or --offset if it is less.
Result<std::uint64_t> shift_bytes(const Arguments& args) {
    const std::uint64_t half = args.get(opt::reduce_device_size).value_or(Bytes{}).value / 2;
    const auto offset = args.get(opt::offset);
    const std::uint64_t shift =
        offset && *offset <= half / kSectorSize ? *offset * kSectorSize : half;
    if (offset && *offset > half / kSectorSize)
        return fail_saying(Errc::InvalidArgument,
                           "Requested data offset must be less than or equal to half of "
                           "--reduce-device-size parameter.");
    if (shift % kPage != 0)
        return fail_saying(Errc::InvalidArgument, "Data offset is not multiple of %u bytes.",
                           static_cast<unsigned>(kPage));
    return shift;
}

enum class Found : std::uint8_t { NoHeader, Begun };

Result<Found> look_for_header(Ui& ui, const Device& metadata) {
    auto volume = Volume::load(ui.context(), metadata, {});
    if (!volume) {
        if (volume.error().code != Errc::NotThisFormat &&
            volume.error().code != Errc::DeviceTooSmall)
            return std::move(volume).error();
        return Found::NoHeader;
    }
    LK_ASSIGN(const ReencryptionState state, volume->reencryption());
    if (state != ReencryptionState::None) return Found::Begun;
    return fail_saying(Errc::InvalidArgument,
                       "Device %s is already LUKS device. Aborting operation.",
                       metadata.name().c_str());
}

// The last part of both ways: asks for the passphrase, and begins.
Result<Volume::Formatted> begin(Ui& ui, const Arguments& args, Device metadata,
                                const std::optional<Device>& data, const FormatParams& params,
                                const ReencryptParams& how) {
    LK_ASSIGN(const auto wanted, new_keyslot_number(args, opt::key_slot));
    LK_ASSIGN(NewKeyslot keyslot, new_keyslot(args, wanted));
    keyslot.kdf = params.kdf;
    const std::string name = metadata.name();
    LK_ASSIGN(const Passphrase passphrase,
              ui.read_passphrase(first_secret(args, ui.prompt_for(name), 1)));
    LK_ASSIGN(SecretBuffer key, given_volume_key(ui, args, params));
    LK_ASSIGN(Volume::Formatted begun,
              Volume::begin_encryption(ui.context(), std::move(metadata), data, params,
                                       std::move(key), passphrase, keyslot, how));
    ui.verbose("Key slot %d created.", begun.keyslot);
    for (const std::string& warning : begun.volume.warnings()) ui.warn("%s", warning.c_str());
    return begun;
}

Result<std::optional<Volume::Formatted>> begin_attached(Ui& ui, const Arguments& args,
                                                        const Device& data, FormatParams params,
                                                        ReencryptParams how) {
    LK_ASSIGN(how.shift_bytes, shift_bytes(args));
    LK_ASSIGN(const auto cut_short, Volume::encryption_start_was_cut_short(ui.context(), data));
    if (cut_short && *cut_short != how.shift_bytes)
        return fail(Errc::InvalidArgument,
                    "the encryption was begun with --reduce-device-size %llu, and goes on so",
                    static_cast<unsigned long long>(2 * *cut_short));
    if (!cut_short) {
        LK_ASSIGN(const Found found, look_for_header(ui, data));
        if (found == Found::Begun) return std::optional<Volume::Formatted>();
        LK_ASSIGN(const std::uint64_t left,
                  Volume::check_shift(data, how.shift_bytes, args.has(opt::disable_blkid)));
        ui.verbose("%llu of the %llu bytes of %s are data; the others are lost.",
                   static_cast<unsigned long long>(left),
                   static_cast<unsigned long long>(data.size()), data.name().c_str());
        LK_TRY(ui.confirm(
            text("The data on %s will be encrypted in place, and what is in its last "
                 "%llu bytes will be lost.",
                 data.name().c_str(), static_cast<unsigned long long>(2 * how.shift_bytes))));
    }
    params.data_offset_sectors = how.shift_bytes / kSectorSize;
    LK_ASSIGN(Volume::Formatted begun, begin(ui, args, data, std::nullopt, params, how));
    // What was cut short has the parameters that it was begun with.
    if (cut_short) LK_TRY(check_resumed(args, begun.volume));
    return std::optional(std::move(begun));
}

Result<std::optional<Volume::Formatted>> begin_detached(Ui& ui, const Arguments& args,
                                                        const Device& data,
                                                        const FormatParams& params,
                                                        ReencryptParams how) {
    if (const auto size = args.get(opt::device_size)) how.data_bytes = size->value;
    LK_ASSIGN(const Found there, look_for_header(ui, data));
    if (there == Found::Begun)
        return fail(Errc::InvalidArgument, "%s is being encrypted with a header of its own",
                    data.name().c_str());
    LK_ASSIGN(NewHeader header, open_new_header(ui, args.text(opt::header)));
    const Device device = header.device;
    if (!header.new_file) {
        LK_ASSIGN(const Found found, look_for_header(ui, device));
        if (found == Found::Begun) return std::optional<Volume::Formatted>();
    }
    LK_TRY(Volume::check_room(device, data, params));
    if (!header.new_file) {
        if (params.wipe_signatures && !ui.batch()) LK_TRY(tell_signatures(ui, device));
        LK_TRY(
            ui.confirm(text("This will overwrite data on %s irrevocably.", device.name().c_str())));
    }
    auto begun = begin(ui, args, device, data, params, how);
    // As of luksFormat: a header that is not complete is kept for the user to examine.
    if (header.new_file && (begun || begun.error().code == Errc::Unfinished))
        if (auto kept = header.new_file->keep(); !kept && begun) return std::move(kept).error();
    if (!begun) return std::move(begun).error();
    return std::optional(std::move(begun).value());
}

}  // namespace

Result<std::optional<Volume::Formatted>> begin_encryption(Ui& ui, const Arguments& args,
                                                          const Device& data,
                                                          const ReencryptParams& how) {
    LK_TRY(check_options(args));
    LK_ASSIGN(const auto wanted, new_keyslot_number(args, opt::key_slot));
    LK_ASSIGN(FormatParams params, checked_format_params(ui, args, wanted));
    params.type = "LUKS2";
    // Data in clear may be of any block size, and the smallest sectors suit all of them.
    if (params.sector_size == 0) params.sector_size = kSectorSize;
    if (params.wipe_signatures) LK_TRY(Volume::check_blocks(data, params.sector_size));
    if (args.has(opt::header)) return begin_detached(ui, args, data, params, how);
    return begin_attached(ui, args, data, std::move(params), how);
}

}  // namespace latchkey::cli
