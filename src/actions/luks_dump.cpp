// SPDX-License-Identifier: GPL-2.0-or-later
#include "actions/key_output.h"
#include "actions/keyslot_options.h"
#include "actions/option_groups.h"
#include "actions/unlocking.h"
#include "actions/volume_result.h"
#include "cli/action.h"
#include "latchkey/sectors.h"
#include "latchkey/token_unlock.h"
#include "text/format.h"
#include "ui/facts.h"
#include "ui/secret_sources.h"
#include "ui/ui.h"

namespace latchkey::cli {
namespace {

constexpr char kKeyIsSensitive[] =
    N_("The header dump with volume key is sensitive information\n"
       "that allows access to encrypted partition without a passphrase.\n"
       "This dump should be stored encrypted in a safe place.");
constexpr char kUnboundIsSensitive[] =
    N_("The header dump with unbound key is sensitive information.\n"
       "This dump should be stored encrypted in a safe place.");

Result<void> agree(Ui& ui, const Arguments& args, const char* question) {
    if (ui.json() && !args.has(opt::volume_key_file))
        return fail(Errc::InvalidArgument, "keys are not shown as JSON; use --volume-key-file");
    if (const auto file = args.get(opt::volume_key_file)) LK_TRY(check_key_file(*file));
    return ui.confirm(translate(question), 2);
}

// Prints the lines that identify the volume, then the key, or writes the key to a file.
Result<void> put_key(Ui& ui, const Arguments& args, const std::string& whose, const char* label,
                     const VolumeKey& key) {
    const auto file = args.get(opt::volume_key_file);
    if (file) LK_TRY(write_key_file(*file, key.bytes()));
    ui.print(whose);
    if (file)
        ui.say("Key stored to file %s.", std::string(*file).c_str());
    else
        ui.print_secret(key_dump(label, key.bytes()).bytes());
    return {};
}

// Returns the source of the passphrase whose keyslot gives the key.
KeySource secret_of_keyslot(Ui& ui, const Arguments& args, const Volume& volume) {
    if (auto described = described_secret(args)) return *std::move(described);
    return existing_secret(args, ui.prompt_for(volume.device().name()));
}

Fact key_result(const Volume& volume, const UnlockedVolume& opened, const Arguments& args) {
    Fact result =
        volume_result(volume, {number_fact("key_bits", std::uint64_t{opened.key.size()} * 8),
                               flag_fact("unbound", opened.unbound)});
    if (opened.keyslot >= 0)
        result.children.push_back(
            number_fact("keyslot", static_cast<std::uint64_t>(opened.keyslot)));
    if (args.has(opt::volume_key_file))
        result.children.push_back(text_fact("key_file", args.text(opt::volume_key_file)));
    return result;
}

Result<void> dump_volume_key(Ui& ui, const Arguments& args, const Volume& volume) {
    LK_TRY(agree(ui, args, kKeyIsSensitive));
    LK_ASSIGN(const auto wanted, keyslot_number(args, opt::key_slot, volume));
    const UnlockOptions options{.keyslot = wanted, .any_segment = false};
    LK_ASSIGN(const UnlockedVolume opened,
              unlock_once(ui, args, volume, secret_of_keyslot(ui, args, volume), options));
    const VolumeInfo info = volume.info();
    const std::size_t dash = info.cipher.find('-');
    const std::string cipher = info.cipher.substr(0, dash);
    const std::string mode = dash == std::string::npos ? "" : info.cipher.substr(dash + 1);
    // Scripts parse this text, so it is never translated.
    const std::string whose = untranslated(
        "LUKS header information for %s\n"
        "Cipher name:   \t%s\n"
        "Cipher mode:   \t%s\n"
        "Payload offset:\t%llu\n"
        "UUID:          \t%s\n"
        "MK bits:       \t%zu\n",
        volume.device().name().c_str(), cipher.c_str(), mode.c_str(),
        static_cast<unsigned long long>(info.data_offset / kSectorSize), info.uuid.c_str(),
        opened.key.size() * 8);
    LK_TRY(put_key(ui, args, whose, "MK dump:\t", opened.key));
    ui.result(key_result(volume, opened, args));
    return {};
}

Result<void> dump_unbound_key(Ui& ui, const Arguments& args, const Volume& volume) {
    LK_ASSIGN(const auto wanted, keyslot_number(args, opt::key_slot, volume));
    const int slot = wanted.value_or(-1);
    bool unbound = false;
    for (const KeyslotInfo& keyslot : volume.keyslots())
        unbound = unbound || (keyslot.number == slot && keyslot.unbound && keyslot.usable);
    if (!unbound)
        return fail_saying(Errc::InvalidArgument, "Keyslot %d does not contain unbound key.", slot);
    LK_TRY(agree(ui, args, kUnboundIsSensitive));
    LK_ASSIGN(
        const UnlockedVolume opened,
        unlock_once(ui, args, volume, secret_of_keyslot(ui, args, volume), {.keyslot = slot}));
    const std::string whose = untranslated(
        "LUKS header information for %s\n"
        "UUID:    \t%s\n"
        "Keyslot: \t%d\n"
        "Key bits:\t%zu\n",
        volume.device().name().c_str(), volume.info().uuid.c_str(), slot, opened.key.size() * 8);
    LK_TRY(put_key(ui, args, whose, "Unbound Key:\t", opened.key));
    ui.result(key_result(volume, opened, args));
    return {};
}

Result<void> dump_json_metadata(Ui& ui, const Volume& volume) {
    auto json = volume.metadata_json();
    if (!json && json.error().code == Errc::NotSupported)
        return fail_saying(Errc::NotSupported,
                           "Dump operation is not supported for this device type.");
    if (!json) return std::move(json).error();
    ui.print(*json + (json->ends_with('\n') ? "" : "\n"));
    ui.result(volume_result(volume, {text_fact("metadata", *json)}));
    return {};
}

Result<void> run(Ui& ui, const Arguments& args) {
    LK_ASSIGN(const Volume volume, ui.load_volume(args, args.operands[0], Access::ReadOnly));
    if (args.has(opt::unbound)) return dump_unbound_key(ui, args, volume);
    if (args.has(opt::dump_volume_key)) return dump_volume_key(ui, args, volume);
    if (args.has(opt::dump_json_metadata)) return dump_json_metadata(ui, volume);
    Fact facts = volume.describe();
    if (const auto opener = plugins(ui, args, volume))
        add_token_dumps(facts, volume.tokens(), *opener);
    ui.print(to_text(facts));
    volume.lost_keyslots(ui.context());
    for (const std::string& warning : volume.warnings()) ui.warn("%s", warning.c_str());
    // The description already contains UUID and the rest.
    facts.children.insert(facts.children.begin(), {text_fact("device", volume.device().name()),
                                                   text_fact("type", volume.info().type)});
    ui.result(std::move(facts));
    return {};
}

constexpr OptionGroup<6> kOwn = {
    &opt::dump_volume_key,    &opt::volume_key_file, &opt::unbound,
    &opt::dump_json_metadata, &opt::key_slot,        &opt::key_description,
};
constexpr auto kOptions = join(kOwn, kVolumeOptions, kSecretOptions, kPluginOptions);

}  // namespace

extern constexpr Action kLuksDump{
    .name = "luksDump",
    .operands = N_("<device>"),
    .summary = N_("show what the header says, or the volume key"),
    .options = kOptions,
    .run = &run,
    .examples = {{{N_("show the header"), "luksDump /dev/sdb1"},
                  {N_("show it for a program"), "luksDump --json /dev/sdb1"}}},
};

}  // namespace latchkey::cli
