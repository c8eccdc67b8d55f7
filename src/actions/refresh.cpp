// SPDX-License-Identifier: GPL-2.0-or-later
// Sets new flags on an active mapping.  Device, type and layout come from the mapping; those on the command line are
// ignored, as in the peer.
#include "actions/keyslot_options.h"
#include "actions/loading.h"
#include "actions/open.h"
#include "actions/plain_source.h"
#include "actions/unlocking.h"
#include "actions/volume_result.h"
#include "cli/options.h"
#include "latchkey/condition.h"
#include "latchkey/swap_guard.h"
#include "text/format.h"
#include "ui/facts.h"

namespace latchkey::cli {
namespace {

struct Refreshed {
    const MappingPlan& plan;
    KeyRing keys;
    const Device& data;
    const MappingInfo& info;
};

Result<void> refresh(Ui& ui, const Refreshed& wanted, const ActivateOptions& options, Fact result) {
    auto info = mapping::refresh(ui.context(), wanted.plan, wanted.keys, wanted.data,
                                 wanted.info.name, options);
    if (!info) return std::move(info).error();
    for (Fact& fact : mapping_facts(*info)) result.children.push_back(std::move(fact));
    ui.result(std::move(result));
    return {};
}

Error not_ours(Error error, const std::string& name) {
    return std::move(error).saying(text("%s is not cryptsetup managed device.", name.c_str()));
}

Result<void> refresh_luks(Ui& ui, const Arguments& args, const MappingInfo& info) {
    const bool keeps_flags = args.has(opt::persistent);
    const Access access = keeps_flags ? Access::ReadWrite : Access::ReadOnly;
    LK_ASSIGN(
        const Device data,
        mapping::open_data(ui.context(), info, args.has(opt::header) ? Access::ReadOnly : access));
    auto loaded = load_any_luks_of(ui, args, data, access);
    if (!loaded && loaded.error().code == Errc::NotThisFormat)
        return not_ours(std::move(loaded).error(), info.name);
    if (!loaded) return std::move(loaded).error();
    Volume volume = std::move(loaded).value();
    LK_TRY(mapping::check_header(ui.context(), volume, info));
    LK_ASSIGN(const auto keyslot, keyslot_number(args, opt::key_slot, volume));
    LK_ASSIGN(const UnlockedVolume opened, unlock_any(ui, args, volume, ui.prompt_for(info.device),
                                                      {.keyslot = keyslot, .any_segment = false}));
    LK_ASSIGN(const MappingPlan plan, volume.plan(ui.context(), opened));
    const ActivateOptions options = activate_options(args);
    LK_TRY(refresh(ui, {plan, opened.keys(), data, info}, options, volume_result(volume)));
    if (keeps_flags) store_flags(ui, volume, options.flags);
    return {};
}

Fact refreshed_fact(const MappingInfo& info) {
    return {.key = {},
            .kind = Fact::Kind::Object,
            .children = {text_fact("device", info.device), text_fact("type", info.type)}};
}

Result<void> refresh_plain(Ui& ui, const Arguments& args, const MappingInfo& info) {
    plain::Params params = plain_params(ui, args);
    params.cipher = info.cipher;
    if (info.key_bits != 0) params.key_bytes = info.key_bits / 8;
    params.offset_sectors = info.offset_sectors;
    params.skip_sectors = info.iv_offset_sectors;
    params.size_sectors = wanted_size(args).value_or(info.size_sectors);
    params.sector_size = info.sector_size;
    params.iv_large_sectors = info.iv_large_sectors;
    LK_ASSIGN(const MappingPlan plan, plain::plan(params));
    LK_ASSIGN(const Device data, mapping::open_data(ui.context(), info, Access::ReadOnly));
    LK_ASSIGN(const VolumeKey key, read_plain_key(ui, args, params, info.device));
    return refresh(ui, {plan, key, data, info}, activate_options(args), refreshed_fact(info));
}

Result<void> refresh_loopaes(Ui& ui, const Arguments& args, const MappingInfo& info) {
    loopaes::Params params = loopaes_params(args);
    params.cipher = info.cipher.substr(0, info.cipher.find_first_of(":-"));
    params.offset_sectors = info.offset_sectors;
    params.skip_sectors = info.iv_offset_sectors;
    params.size_sectors = wanted_size(args).value_or(info.size_sectors);
    LK_ASSIGN(const loopaes::Keys keys, read_loopaes_keys(ui, args, params));
    LK_ASSIGN(const MappingPlan plan, loopaes::plan(params, keys.version));
    LK_ASSIGN(const Device data, mapping::open_data(ui.context(), info, Access::ReadOnly));
    return refresh(ui, {plan, keys.key, data, info}, activate_options(args), refreshed_fact(info));
}

}  // namespace

Result<void> refresh_mapping(Ui& ui, const Arguments& args) {
    const std::string name =
        mapping::name_of(args.operands.size() > 1 ? args.operands[1] : args.operands[0]);
    if (ui.dry_run())
        return fail_saying(Errc::NotSupported, "--dry-run shows new mappings; see also 'table %s'.",
                           name.c_str());
    LK_ASSIGN(const MappingInfo info, running_mapping(ui, name, 1));
    if (is_luks(info)) return refresh_luks(ui, args, info);
    if (info.type == "PLAIN") return refresh_plain(ui, args, info);
    if (info.type == "LOOPAES") return refresh_loopaes(ui, args, info);
    return not_ours({Errc::InvalidArgument, {}}, name);
}

// The first tool replaced the table without checks.  Another key or offset under a file system in use would destroy
// it; in that case only flags and size may change.
Result<void> reload_plain(Ui& ui, const Arguments& args) {
    if (!args.operand(1))
        return fail_saying(Errc::InvalidArgument,
                           "Command requires device and mapped name as arguments.");
    const std::string name = mapping::name_of(args.operands[1]);
    LK_ASSIGN(const MappingInfo info, running_mapping(ui, name, 1));
    const plain::Params params = plain_params(ui, args);
    LK_ASSIGN(const MappingPlan plan, plain::plan(params));
    warn_of_plain_defaults(ui, args, params);
    LK_ASSIGN(const Device data, open_data(ui, args, std::string(args.operands[0])));
    LK_ASSIGN(const VolumeKey key, read_plain_key(ui, args, params, std::string(args.operands[0])));
    const ActivateOptions options = activate_options(args);
    if (options.read_only == info.read_only) {
        const auto refreshed = mapping::refresh(ui.context(), plan, key, data, name, options);
        if (refreshed) return {};
        if (refreshed.error().condition != Condition::OtherMapping) return refreshed.error();
        ui.debug("%s", refreshed.error().message.c_str());
    }
    if (info.in_use) return still_in_use(ui, name);
    // Makes the checks of an activation before the present table is replaced.
    LK_TRY(check_key_for_device(key, plan, data, options.expect_signature));
    LK_TRY(mapping::close(ui.context(), name));
    return map_volume(ui, {plan, key, data, name}, options, refreshed_fact(info));
}

}  // namespace latchkey::cli
