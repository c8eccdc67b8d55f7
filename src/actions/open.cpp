// SPDX-License-Identifier: GPL-2.0-or-later
// "open": finds out the type of the volume; open_*.cpp do the work.
#include "actions/open.h"

#include "actions/option_groups.h"
#include "cli/action.h"
#include "cli/meant.h"
#include "ui/facts.h"

namespace latchkey::cli {
namespace {

Result<void> run(Ui& ui, const Arguments& args) {
    if (args.action_word == "reload") return reload_plain(ui, args);
    if (args.has(opt::refresh)) return refresh_mapping(ui, args);
    // Checked first, as in the peer.
    if (!args.operand(1) && !args.has(opt::test_passphrase) && !ui.dry_run())
        return fail_saying(Errc::InvalidArgument,
                           "Command requires device and mapped name as arguments.");
    const std::string type = args.text(opt::type);
    if (type == "plain") return open_plain(ui, args);
    if (type == "loopaes") return open_loopaes(ui, args);
    if (type == "tcrypt" || type == "bitlk" || type == "fvault2")
        return fail_saying(Errc::NotSupported,
                           "Volumes of type %s cannot be opened by this version.", type.c_str());
    if (!type.empty() && type != "luks" && type != "luks1" && type != "luks2")
        return fail_saying(Errc::InvalidArgument, "Unrecognized metadata device type %s.",
                           type.c_str())
            .with_hint(about_value(opt::type, type));
    return open_luks(ui, args);
}

// They have an effect on every type that can be mapped.
constexpr OptionGroup<16> kOfMappings = {
    &opt::backend,
    &opt::allow_discards,
    &opt::perf_same_cpu_crypt,
    &opt::perf_submit_from_crypt_cpus,
    &opt::perf_no_read_workqueue,
    &opt::perf_no_write_workqueue,
    &opt::perf_high_priority,
    &opt::readonly,
    &opt::refresh,
    &opt::disable_keyring,
    &opt::link_vk_to_keyring,
    &opt::volume_key_keyring,
    &opt::key_size,
    &opt::dry_run,
    &opt::size,
    &opt::device_size,
};
constexpr OptionGroup<10> kOfLuks = {
    &opt::test_passphrase, &opt::key_slot,
    &opt::unbound,         &opt::volume_key_file,
    &opt::token_only,      &opt::token_id,
    &opt::token_type,      &opt::persistent,
    &opt::key_description, &opt::serialize_memory_hard_pbkdf,
};
constexpr OptionGroup<10> kOfPlain = {
    &opt::cipher,      &opt::hash,
    &opt::offset,      &opt::skip,
    &opt::sector_size, &opt::iv_large_sectors,
    &opt::shared,      &opt::expect_signature,
    &opt::verify_fs,   &opt::disable_blkid,
};
// For types that are not implemented here, or without effect here; accepted as in the peer.
constexpr OptionGroup<6> kPassedOver = {
    &opt::disable_veracrypt, &opt::tcrypt_backup, &opt::tcrypt_hidden,
    &opt::tcrypt_system,     &opt::veracrypt_pim, &opt::veracrypt_query_pim,
};
constexpr auto kOptions = join(kOfMappings, kOfLuks, kOfPlain, kVolumeOptions, kSecretOptions,
                               kPluginOptions, kPassedOver);

constexpr ActionAlias kAliases[] = {
    {.name = "create", .type = "plain", .swapped = true, .operands = N_("<name> <device>")},
    {.name = "reload", .type = "plain", .swapped = true, .operands = N_("<name> <device>")},
    {.name = "plainOpen", .type = "plain"},
    {.name = "luksOpen", .type = "luks"},
    {.name = "loopaesOpen", .type = "loopaes"},
    {.name = "tcryptOpen", .type = "tcrypt"},
    {.name = "bitlkOpen", .type = "bitlk"},
    {.name = "fvault2Open", .type = "fvault2"},
    {.name = "refresh", .implies = &opt::refresh},
};

}  // namespace

Result<std::string> new_name(Ui& ui, const Arguments& args) {
    if (ui.dry_run()) return std::string();
    std::string name(args.operands[1]);
    auto is_free = mapping::check_name_is_free(ui.context(), name);
    // If a back end was requested, it reports itself what it lacks.
    if (!is_free && !(args.has(opt::backend) && is_free.error().code == Errc::NotSupported))
        return std::move(is_free).error();
    return name;
}

Result<Device> open_data(Ui& ui, const Arguments& args, const std::string& device) {
    const bool writes = !args.has(opt::readonly) && !ui.dry_run();
    return ui.open_device(device, writes ? Access::ReadWrite : Access::ReadOnly);
}

Result<void> say_table(Ui& ui, const MappingPlan& plan, const Device& data,
                       const ActivateOptions& options, Fact result) {
    LK_ASSIGN(std::string table, mapping::planned_table(plan, data, options));
    ui.say("%s", table.substr(0, table.size() - 1).c_str());
    result.children.push_back(text_fact("table", std::move(table)));
    ui.result(std::move(result));
    return {};
}

Result<void> map_volume(Ui& ui, const Mapped& mapped, const ActivateOptions& options, Fact result) {
    if (ui.dry_run()) return say_table(ui, mapped.plan, mapped.data, options, std::move(result));
    auto info = mapping::activate(ui.context(), mapped.plan, mapped.keys, mapped.data, mapped.name,
                                  options);
    if (!info) return with_data_holders(std::move(info).error(), mapped.data);
    if (info->backend == "userspace") ui.say("Opened in userspace as %s.", info->path.c_str());
    for (Fact& fact : mapping_facts(*info)) result.children.push_back(std::move(fact));
    ui.result(std::move(result));
    return {};
}

extern constexpr Action kOpen{
    .name = "open",
    .operands = N_("<device> [--type <type>] [<name>]"),
    .summary = N_("open a volume as a mapping; with --test-passphrase, check a passphrase"),
    .options = kOptions,
    .run = &run,
    .aliases = kAliases,
    .examples = {{{N_("open a LUKS volume as /dev/mapper/home"), "open /dev/sdb1 home"},
                  {N_("check a passphrase and open nothing"),
                   "open --test-passphrase -v /dev/sdb1"}}},
};

}  // namespace latchkey::cli
