// SPDX-License-Identifier: GPL-2.0-or-later
#include "actions/luks_format.h"

#include <utility>

#include "actions/key_file_check.h"
#include "actions/keyslot_options.h"
#include "actions/loading.h"
#include "actions/option_groups.h"
#include "actions/signatures.h"
#include "actions/unlocking.h"
#include "actions/volume_result.h"
#include "cli/action.h"
#include "latchkey/condition.h"
#include "text/format.h"
#include "ui/facts.h"
#include "ui/secret_sources.h"
#include "ui/ui.h"

namespace latchkey::cli {
namespace {

constexpr std::uint64_t kNewHeaderFile = 4096;  // bytes; grows with the header

Result<FormatParams> format_params(Ui& ui, const Arguments& args) {
    LK_ASSIGN(std::string type, library_type(args));
    LK_ASSIGN(KdfRequest kdf, kdf_request(args));
    const bool luks1 = type == "LUKS1";
    if (luks1 && args.has(opt::integrity))
        return fail_saying(Errc::InvalidArgument,
                           "Integrity option can be used only for LUKS2 format.");
    if (args.has(opt::integrity))
        return fail(Errc::NotSupported, "--integrity %s: data integrity is not supported",
                    args.text(opt::integrity).c_str());
    const std::uint32_t sector_size = args.get(opt::sector_size).value_or(0);
    if (luks1 && sector_size > 512)
        return fail_saying(Errc::InvalidArgument, "Unsupported encryption sector size.");
    if (luks1 && !kdf.type.empty() && kdf.type != "pbkdf2") {
        ui.warn("Requested PBKDF type is not supported for LUKS1.");
        kdf.type = "pbkdf2";
    }
    const auto bytes = [&args](const Option<Bytes>& option) {
        return args.get(option).value_or(Bytes{}).value;
    };
    return FormatParams{.type = std::move(type),
                        .cipher = args.text(opt::cipher),
                        .key_bytes = args.get(opt::key_size).value_or(0) / 8,
                        .hash = args.text(opt::hash),
                        .uuid = args.text(opt::uuid),
                        // LUKS1 does not support them, but scripts for the peer pass them.
                        .label = luks1 ? "" : args.text(opt::label),
                        .subsystem = luks1 ? "" : args.text(opt::subsystem),
                        .sector_size = sector_size,
                        .metadata_size = bytes(opt::luks2_metadata_size),
                        .keyslots_size = bytes(opt::luks2_keyslots_size),
                        .data_offset_sectors = args.get(opt::offset),
                        .alignment_sectors = args.get(opt::align_payload).value_or(0),
                        .detached = args.has(opt::header),
                        .kdf = std::move(kdf),
                        .wipe_signatures = !args.has(opt::disable_blkid)};
}

}  // namespace

Result<FormatParams> checked_format_params(Ui& ui, const Arguments& args,
                                           std::optional<int> keyslot) {
    LK_ASSIGN(const FormatParams given, format_params(ui, args));
    // To the library an empty text means a random one.
    if (args.has(opt::uuid) && given.uuid.empty())
        return fail(Errc::InvalidArgument, "--uuid is empty").because(Condition::BadUuid);
    LK_ASSIGN(const FormatParams params, Volume::check_format(ui.context(), given));
    if (keyslot) LK_TRY(Volume::check_keyslot_number(params.type, *keyslot));
    return params;
}

Result<NewHeader> open_new_header(Ui& ui, const std::string& path) {
    auto metadata = ui.open_device(path, Access::Exclusive);
    if (metadata) return NewHeader{std::move(metadata).value(), std::nullopt};
    if (metadata.error().code != Errc::NoDevice) return std::move(metadata).error();
    if (ui.dry_run())
        return fail(Errc::NoDevice, "header file %s does not exist, and --dry-run makes none",
                    path.c_str());
    LK_TRY(ui.confirm(translate(N_("Header file does not exist, do you want to create it?")), 2));
    LK_ASSIGN(NewFile file, NewFile::create(path));
    LK_ASSIGN(Device created, file.device(kNewHeaderFile));
    return NewHeader{std::move(created), std::move(file)};
}

Result<SecretBuffer> given_volume_key(Ui& ui, const Arguments& args, const FormatParams& params) {
    const auto file = args.get(opt::volume_key_file);
    if (!file) return SecretBuffer();
    return read_volume_key(ui, std::string(*file), params.key_bytes);
}

namespace {

struct Target {
    NewHeader header;
    std::optional<Device> data;
};

Result<Target> open_target(Ui& ui, const Arguments& args) {
    const std::string_view device = args.operands[0];
    const auto header = args.get(opt::header);
    if (!header) {
        LK_ASSIGN(Device metadata, ui.open_device(device, Access::Exclusive));
        return Target{{std::move(metadata), std::nullopt}, std::nullopt};
    }
    LK_ASSIGN(Device data, ui.open_device(device, Access::ReadOnly));
    LK_ASSIGN(NewHeader created, open_new_header(ui, std::string(*header)));
    return Target{std::move(created), std::move(data)};
}

Result<void> run(Ui& ui, const Arguments& args) {
    LK_ASSIGN(const auto wanted, new_keyslot_number(args, opt::key_slot));
    LK_ASSIGN(NewKeyslot keyslot, new_keyslot(args, wanted));
    LK_ASSIGN(const FormatParams params, checked_format_params(ui, args, keyslot.number));
    keyslot.kdf = params.kdf;
    warn_if_key_file_wins(ui, args, 1);
    LK_ASSIGN(Target target, open_target(ui, args));
    std::optional<NewFile>& new_file = target.header.new_file;
    const std::string name = target.header.device.name();
    LK_TRY(Volume::check_room(target.header.device, target.data, params));
    if (!new_file) {
        if (params.wipe_signatures && !ui.batch())
            LK_TRY(tell_signatures(ui, target.header.device));
        LK_TRY(ui.confirm(text("This will overwrite data on %s irrevocably.", name.c_str())));
    }
    auto described = described_secret(args);
    const KeySource secret =
        described ? *std::move(described) : first_secret(args, ui.prompt_for(name), 1);
    LK_ASSIGN(const Passphrase passphrase, ui.read_passphrase(secret));
    LK_ASSIGN(SecretBuffer key, given_volume_key(ui, args, params));
    auto formatted = Volume::format(ui.context(), std::move(target.header.device), target.data,
                                    params, std::move(key), passphrase, keyslot);
    if (!formatted) {
        // A partial header is kept for the user to examine.
        if (formatted.error().code == Errc::Unfinished && new_file)
            if (const auto kept = new_file->keep(); !kept)
                ui.warn("%s", kept.error().message.c_str());
        return std::move(formatted).error();
    }
    if (new_file) LK_TRY(new_file->keep());
    const Volume::Formatted made = std::move(formatted).value();
    ui.verbose("Key slot %d created.", made.keyslot);
    for (const std::string& warning : made.volume.warnings()) ui.warn("%s", warning.c_str());
    ui.result(volume_result(made.volume,
                            {number_fact("keyslot", static_cast<std::uint64_t>(made.keyslot))}));
    return {};
}

constexpr OptionGroup<20> kOwn = {
    &opt::cipher,
    &opt::key_size,
    &opt::uuid,
    &opt::label,
    &opt::subsystem,
    &opt::sector_size,
    &opt::offset,
    &opt::align_payload,
    &opt::luks2_metadata_size,
    &opt::key_slot,
    &opt::name,
    &opt::luks2_keyslots_size,
    &opt::disable_blkid,
    &opt::use_random,
    &opt::volume_key_file,
    &opt::use_urandom,
    &opt::integrity,
    &opt::integrity_no_wipe,
    &opt::force_password,
    &opt::key_description,
};
constexpr auto kOptions =
    join(kOwn, kVolumeOptions, kSecretOptions, kKdfOptions, kAreaOptions, kChangeOptions);

}  // namespace

extern constexpr Action kLuksFormat{
    .name = "luksFormat",
    .operands = N_("<device> [<new key file>]"),
    .summary = N_("make a LUKS volume"),
    .options = kOptions,
    .run = &run,
    .examples = {{{N_("make a volume on a partition"), "luksFormat /dev/sdb1"},
                  {N_("make a volume in a file, with a name for its first keyslot"),
                   "luksFormat --name Ann disk.img"}}},
};

}  // namespace latchkey::cli
