// SPDX-License-Identifier: GPL-2.0-or-later
#include "actions/keyslot_options.h"
#include "actions/loading.h"
#include "actions/option_groups.h"
#include "actions/unlocking.h"
#include "actions/volume_result.h"
#include "activation/activation.h"
#include "cli/action.h"
#include "text/format.h"

namespace latchkey::cli {
namespace {

Error no_header(const std::string& name) {
    return fail_saying(Errc::NotThisFormat,
                       "%s is not active LUKS device name or header is missing.", name.c_str());
}

// Loads the header of the mapping: any other header's key would turn its data into noise.
Result<Volume> header_of(Ui& ui, const Arguments& args, const MappingInfo& info) {
    auto volume = header_of_mapping(ui, args, info);
    if (!volume && volume.error().code == Errc::NotThisFormat) return no_header(info.name);
    if (!volume) return std::move(volume).error();
    if (volume->info().uuid != info.uuid || volume->info().type != info.type)
        return no_header(info.name);
    return volume;
}

Result<void> run(Ui& ui, const Arguments& args) {
    const std::string name = mapping::name_of(args.operands[0]);
    LK_ASSIGN(const MappingInfo info, active_mapping(ui, name, 4));
    if (!is_luks(info)) return no_header(name);
    LK_TRY(info.check_suspended());
    LK_ASSIGN(const Volume volume, header_of(ui, args, info));
    LK_ASSIGN(const auto keyslot, keyslot_number(args, opt::key_slot, volume));
    LK_ASSIGN(const UnlockedVolume opened, unlock_any(ui, args, volume, ui.prompt_for(info.device),
                                                      {.keyslot = keyslot, .any_segment = false}));
    LK_ASSIGN(const MappingPlan plan, volume.plan(ui.context(), opened));
    LK_TRY(mapping::resume(ui.context(), plan, opened.keys(), name, activate_options(args)));
    ui.result(volume_result(volume, mapping_facts(info)));
    return {};
}

constexpr OptionGroup<10> kOwn = {
    &opt::key_slot,        &opt::volume_key_file,    &opt::volume_key_keyring, &opt::token_id,
    &opt::token_type,      &opt::token_only,         &opt::key_description,    &opt::key_size,
    &opt::disable_keyring, &opt::link_vk_to_keyring,
};
constexpr auto kOptions = join(kOwn, kVolumeOptions, kSecretOptions, kPluginOptions);

}  // namespace

extern constexpr Action kLuksResume{
    .name = "luksResume",
    .operands = N_("<device>"),
    .summary = N_("give a suspended mapping its key back"),
    .options = kOptions,
    .run = &run,
    .examples = {{{N_("go on after luksSuspend"), "luksResume home"},
                  {N_("go on with a key file"), "luksResume --key-file /media/stick/key home"}}},
};

}  // namespace latchkey::cli
