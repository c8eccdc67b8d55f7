// SPDX-License-Identifier: GPL-2.0-or-later
#include "actions/common.h"
#include "actions/option_groups.h"
#include "cli/action.h"
#include "latchkey/mapping.h"

namespace latchkey::cli {
namespace {

Result<UnlockedVolume> unlock(Ui& ui, const Arguments& args, const Volume& volume) {
    if (args.has(opt::volume_key_file)) return verify_volume_key(ui, args, volume);
    // Any token that is asked for by name would have to be one that gives a passphrase.
    if (args.has(opt::token_only) || args.has(opt::token_id) || args.has(opt::token_type))
        return fail(Errc::NoUsableToken, "no token that gives a passphrase is known here");
    const auto keyslot = args.get(opt::key_slot);
    const UnlockOptions options{.keyslot = keyslot,
                                .any_segment = args.has(opt::unbound) || keyslot.has_value()};
    auto opened =
        ui.unlock(volume, existing_secret(args, ui.prompt_for(args.operands[0])), options);
    if (!opened) return none_to_unlock(std::move(opened).error());
    return opened;
}

Result<void> run(Ui& ui, const Arguments& args) {
    const bool dry_run = args.has(opt::dry_run);
    if (!args.has(opt::test_passphrase) && !dry_run) {
        if (!args.operand(1))
            return fail(Errc::InvalidArgument,
                        "Command requires device and mapped name as arguments.");
        return fail(Errc::NotSupported,
                    "activation is not supported; --test-passphrase and --dry-run are");
    }
    // The data device is opened too, so that a slip in its name is not found out at boot.
    if (args.has(opt::header)) LK_TRY(ui.open_device(args.operands[0], Access::ReadOnly));
    LK_ASSIGN(const Volume volume, ui.load_volume(args, args.operands[0], Access::ReadOnly));
    LK_ASSIGN(const UnlockedVolume opened, unlock(ui, args, volume));
    Fact result = volume_result(volume, {flag_fact("unbound", opened.unbound)});
    if (opened.keyslot >= 0)
        result.children.push_back(
            number_fact("keyslot", static_cast<std::uint64_t>(opened.keyslot)));
    if (!opened.keyslot_name.empty())
        result.children.push_back(text_fact("keyslot_name", opened.keyslot_name));
    if (dry_run) {
        LK_ASSIGN(const Device data, ui.open_device(args.operands[0], Access::ReadOnly));
        LK_ASSIGN(const MappingPlan plan, volume.plan(opened));
        LK_ASSIGN(std::string table, mapping::planned_table(plan, data));
        ui.say("%s", table.substr(0, table.size() - 1).c_str());
        result.children.push_back(text_fact("table", std::move(table)));
    }
    ui.result(std::move(result));
    return {};
}

constexpr OptionGroup<9> kOwn = {
    &opt::dry_run,
    &opt::test_passphrase, &opt::key_slot,   &opt::unbound,  &opt::volume_key_file,
    &opt::key_size,        &opt::token_only, &opt::token_id, &opt::token_type,
};
// They say what mapping to make, or open another type: taken as the peer takes them, also where only a
// passphrase is tested.
constexpr OptionGroup<21> kOfMappings = {
    &opt::allow_discards,
    &opt::cipher,
    &opt::device_size,
    &opt::disable_veracrypt,
    &opt::hash,
    &opt::iv_large_sectors,
    &opt::offset,
    &opt::persistent,
    &opt::readonly,
    &opt::refresh,
    &opt::sector_size,
    &opt::shared,
    &opt::size,
    &opt::skip,
    &opt::link_vk_to_keyring,
    &opt::tcrypt_backup,
    &opt::tcrypt_hidden,
    &opt::tcrypt_system,
    &opt::veracrypt_pim,
    &opt::veracrypt_query_pim,
    &opt::serialize_memory_hard_pbkdf,
};
constexpr auto kOptions = join(kOwn, kVolumeOptions, kSecretOptions, kOfMappings);

constexpr ActionAlias kAliases[] = {
    {.name = "create", .type = "plain", .swapped = true},
    {.name = "plainOpen", .type = "plain"},
    {.name = "luksOpen", .type = "luks"},
    {.name = "loopaesOpen", .type = "loopaes"},
    {.name = "tcryptOpen", .type = "tcrypt"},
    {.name = "bitlkOpen", .type = "bitlk"},
    {.name = "fvault2Open", .type = "fvault2"},
    {.name = "refresh", .implies = &opt::refresh},
};

}  // namespace

extern constexpr Action kOpen{
    .name = "open",
    .operands = N_("<device> [--type <type>] [<name>]"),
    .summary = N_("unlock a volume; with --test-passphrase, check a passphrase"),
    .options = kOptions,
    .run = &run,
    .aliases = kAliases,
};

}  // namespace latchkey::cli
