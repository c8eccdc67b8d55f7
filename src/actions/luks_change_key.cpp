// SPDX-License-Identifier: GPL-2.0-or-later
#include "actions/key_file_check.h"
#include "actions/keyslot_options.h"
#include "actions/option_groups.h"
#include "actions/unlocking.h"
#include "actions/volume_result.h"
#include "cli/action.h"
#include "ui/facts.h"
#include "ui/secret_sources.h"
#include "ui/ui.h"

namespace latchkey::cli {
namespace {

Result<void> run(Ui& ui, const Arguments& args) {
    LK_ASSIGN(Volume volume, ui.load_volume(args, args.operands[0], Access::ReadWrite));
    LK_ASSIGN(const auto wanted, keyslot_number(args, opt::key_slot, volume));
    LK_ASSIGN(const NewKeyslot keyslot, new_keyslot(args, wanted));
    const KeySource next = new_secret(args, translate(N_("Enter new passphrase: ")), 1);
    LK_TRY(check_key_file(ui, next));
    LK_ASSIGN(const UnlockedVolume opened,
              unlock_once(ui, args, volume,
                          existing_secret(args, translate(N_("Enter passphrase to be changed: "))),
                          {.keyslot = keyslot.number}));
    LK_ASSIGN(const Passphrase passphrase, ui.read_passphrase(next));
    auto number = volume.change_keyslot(ui.context(), opened, passphrase, keyslot);
    if (!number) return std::move(number).error();
    ui.verbose("Key slot %d created.", *number);
    ui.result(volume_result(
        volume, {number_fact("keyslot", static_cast<std::uint64_t>(*number)),
                 number_fact("previous_keyslot", static_cast<std::uint64_t>(opened.keyslot))}));
    return {};
}

constexpr OptionGroup<1> kOwn = {&opt::key_slot};
constexpr auto kOptions = join(kOwn, kVolumeOptions, kSecretOptions, kNewSecretOptions, kKdfOptions,
                               kAreaOptions, kChangeOptions);

}  // namespace

extern constexpr Action kLuksChangeKey{
    .name = "luksChangeKey",
    .operands = N_("<device> [<key file>]"),
    .summary = N_("change a passphrase"),
    .options = kOptions,
    .run = &run,
    .examples = {{{N_("change a passphrase"), "luksChangeKey /dev/sdb1"},
                  {N_("change the passphrase of one keyslot"),
                   "luksChangeKey --key-slot Ann /dev/sdb1"}}},
};

}  // namespace latchkey::cli
