// SPDX-License-Identifier: GPL-2.0-or-later
#include "actions/key_file_check.h"
#include "actions/keyslot_options.h"
#include "actions/loading.h"
#include "actions/option_groups.h"
#include "actions/unlocking.h"
#include "actions/volume_result.h"
#include "cli/action.h"
#include "ui/facts.h"
#include "ui/secret_sources.h"
#include "ui/ui.h"

namespace latchkey::cli {
namespace {

// The number of the new keyslot and the keyslot to open: --key-slot changed its meaning when --new-key-slot was
// added.
struct Slots {
    std::optional<int> added;
    std::optional<int> opened;
};

Result<Slots> slots(Ui& ui, const Arguments& args, const Volume& volume) {
    LK_ASSIGN(const auto added, new_keyslot_number(args, opt::new_key_slot));
    if (added) {
        LK_ASSIGN(const auto opened, keyslot_number(args, opt::key_slot, volume));
        return Slots{added, opened};
    }
    LK_ASSIGN(const auto key_slot, new_keyslot_number(args, opt::key_slot));
    if (key_slot && !args.has(opt::unbound) && !ui.batch())
        ui.say("WARNING: The --key-slot parameter is used for new keyslot number.");
    return Slots{key_slot, std::nullopt};
}

KeySource keyring_source(std::string_view description) {
    return {.from = keys::Keyring{.description = std::string(description)}};
}

KeySource added_secret(const Arguments& args) {
    return new_secret(args, translate(N_("Enter new passphrase for key slot: ")), 1);
}

// Refuses a key file for a keyslot that gets the passphrase of a token or of the keyring.
Result<void> check_one_new_secret(const Arguments& args) {
    const bool from_elsewhere = args.has(opt::new_token_id) || args.has(opt::new_key_description);
    const auto file = args.operand(1);
    if (!from_elsewhere || !file) return {};
    return fail(
        Errc::InvalidArgument, "--%s gives the new passphrase, and the key file %s another",
        (args.has(opt::new_token_id) ? opt::new_token_id.name : opt::new_key_description.name)
            .data(),
        std::string(*file).c_str());
}

// Returns the passphrase of the new keyslot.  If the keyring lacks a token's key, this counts as a wrong passphrase.
Result<Passphrase> added_passphrase(Ui& ui, const Arguments& args, const Volume& volume) {
    if (const auto token = args.get(opt::new_token_id)) {
        auto passphrase = token_passphrase(volume, *token);
        if (!passphrase && passphrase.error().code == Errc::NotFound)
            return std::move(passphrase).error().exits_with(2);
        return passphrase;
    }
    if (const auto description = args.get(opt::new_key_description))
        return ui.read_passphrase(keyring_source(*description));
    return ui.read_passphrase(added_secret(args));
}

Result<UnlockedVolume> open_existing(Ui& ui, const Arguments& args, const Volume& volume,
                                     std::optional<int> keyslot) {
    const UnlockOptions options{.keyslot = keyslot, .any_segment = false};
    std::vector<KeyStep> steps;
    if (args.has(opt::volume_key_file)) {
        LK_ASSIGN(KeyStep step, volume_key_step(args, volume));
        steps.push_back(std::move(step));
    } else if (const auto key = args.get(opt::volume_key_keyring)) {
        steps.push_back({.source = {.from = keys::keyring_key(*key), .is = KeyIs::VolumeKey}});
    } else if (wants_token(args) && !args.has(opt::key_file)) {
        steps.push_back(token_step(args, Then::End));
    } else if (const auto described = described_secret(args)) {
        // The opened keyslot is not printed.
        LK_ASSIGN(const Passphrase passphrase, ui.read_passphrase(*described));
        return volume.unlock(ui.context(), passphrase, options);
    } else {
        steps.push_back(
            passphrase_step(existing_secret(args, translate(N_("Enter any existing passphrase: "))),
                            Attempts::Once));
    }
    // Of a key file the peer does not say which keyslot it opened.
    const bool by_file = steps.front().source.is_a<keys::File>();
    return unlock_by(ui, args, volume, std::move(steps), options,
                     by_file ? Opened::Untold : Opened::Told);
}

Result<void> report(Ui& ui, const Arguments& args, const Volume& volume, const Result<int>& number,
                    bool unbound) {
    if (!number) return number.error();
    ui.verbose("Key slot %d created.", *number);
    if (const std::string name = args.text(opt::name); !name.empty() && !ui.dry_run())
        ui.say("keyslot %d '%s' added", *number, name.c_str());
    ui.result(volume_result(volume, {number_fact("keyslot", static_cast<std::uint64_t>(*number)),
                                     flag_fact("unbound", unbound)}));
    return {};
}

Result<void> add_unbound(Ui& ui, const Arguments& args) {
    const std::uint32_t key_bytes = args.get(opt::key_size).value_or(0) / 8;
    if (key_bytes == 0)
        return fail_saying(Errc::InvalidArgument, "Key size is required with --unbound option.")
            .as_usage();
    LK_ASSIGN(Volume volume, load_luks2(ui, args, args.operands[0], Access::ReadWrite));
    LK_ASSIGN(const Slots numbers, slots(ui, args, volume));
    const auto number = numbers.added;
    if (number) LK_TRY(volume.check_free_keyslot(number));
    LK_TRY(check_new_name(volume, args.text(opt::name)));
    LK_ASSIGN(NewKeyslot keyslot, new_keyslot(args, number));
    SecretBuffer key;
    if (const auto file = args.get(opt::volume_key_file)) {
        LK_ASSIGN(key, read_volume_key(ui, std::string(*file), key_bytes));
    } else if (const auto name = args.get(opt::volume_key_keyring)) {
        LK_ASSIGN(key, ui.read_secret({.from = keys::keyring_key(*name), .is = KeyIs::VolumeKey}));
        if (key.size() != key_bytes)
            return fail(Errc::InvalidArgument, "the key '%s' has %zu bytes, --key-size says %u",
                        std::string(*name).c_str(), key.size(), key_bytes);
    }
    LK_ASSIGN(const Passphrase passphrase, added_passphrase(ui, args, volume));
    if (const auto token = args.get(opt::new_token_id))
        keyslot.token = KeyslotToken{.number = *token};
    return report(
        ui, args, volume,
        volume.add_unbound_keyslot(ui.context(), std::move(key), key_bytes, passphrase, keyslot),
        true);
}

Result<void> run(Ui& ui, const Arguments& args) {
    LK_TRY(check_one_new_secret(args));
    if (args.has(opt::unbound)) return add_unbound(ui, args);
    LK_ASSIGN(Volume volume, ui.load_volume(args, args.operands[0], Access::ReadWrite));
    LK_ASSIGN(const Slots numbers, slots(ui, args, volume));
    const auto [added, opened] = numbers;
    LK_TRY(check_new_name(volume, args.text(opt::name)));
    if (added) LK_TRY(volume.check_free_keyslot(added));
    LK_ASSIGN(NewKeyslot keyslot, new_keyslot(args, added));
    if (!args.has(opt::new_token_id) && !args.has(opt::new_key_description))
        LK_TRY(check_key_file(ui, added_secret(args)));
    LK_ASSIGN(const UnlockedVolume existing, open_existing(ui, args, volume, opened));
    LK_ASSIGN(const Passphrase passphrase, added_passphrase(ui, args, volume));
    // The token is in the same commit as the keyslot: otherwise it would give a passphrase that opens nothing.
    if (const auto token = args.get(opt::new_token_id))
        keyslot.token = KeyslotToken{.number = *token};
    return report(ui, args, volume,
                  volume.add_keyslot(ui.context(), existing.key, passphrase, keyslot), false);
}

constexpr OptionGroup<14> kOwn = {
    &opt::key_slot,        &opt::new_key_slot,        &opt::new_keyfile,        &opt::unbound,
    &opt::key_size,        &opt::volume_key_file,     &opt::volume_key_keyring, &opt::name,
    &opt::token_id,        &opt::token_type,          &opt::token_only,         &opt::new_token_id,
    &opt::key_description, &opt::new_key_description,
};
constexpr auto kOptions = join(kOwn, kVolumeOptions, kSecretOptions, kPluginOptions,
                               kNewSecretOptions, kKdfOptions, kAreaOptions, kChangeOptions);

}  // namespace

extern constexpr Action kLuksAddKey{
    .name = "luksAddKey",
    .operands = N_("<device> [<new key file>]"),
    .summary = N_("add a keyslot with a new passphrase"),
    .options = kOptions,
    .run = &run,
    .examples = {{{N_("add a passphrase with a name"), "luksAddKey --name Ann /dev/sdb1"},
                  {N_("add a key file"), "luksAddKey --name stick /dev/sdb1 /media/stick/key"}}},
};

}  // namespace latchkey::cli
