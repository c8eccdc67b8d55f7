// SPDX-License-Identifier: GPL-2.0-or-later
#include "actions/key_file_check.h"
#include "actions/last_keyslot.h"
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
    warn_if_key_file_wins(ui, args, 1);
    LK_ASSIGN(
        const UnlockedVolume opened,
        unlock_once(ui, args, volume,
                    existing_secret(args, translate(N_("Enter passphrase to be deleted: ")), 1)));
    ui.verbose("Keyslot %d is selected for deletion.", opened.keyslot);
    LK_TRY(agree_to_remove(ui, volume, opened.keyslot));
    LK_TRY(volume.kill_keyslot(ui.context(), opened.keyslot));
    ui.verbose("Key slot %d removed.", opened.keyslot);
    ui.result(volume_result(volume,
                            {number_fact("keyslot", static_cast<std::uint64_t>(opened.keyslot))}));
    return {};
}

constexpr auto kOptions = join(kVolumeOptions, kSecretOptions, kChangeOptions);

}  // namespace

extern constexpr Action kLuksRemoveKey{
    .name = "luksRemoveKey",
    .operands = N_("<device> [<key file>]"),
    .summary = N_("remove the keyslot that the passphrase opens"),
    .options = kOptions,
    .run = &run,
    .examples =
        {{{N_("remove the keyslot of a passphrase that is typed"), "luksRemoveKey /dev/sdb1"},
          {N_("remove the keyslot of a key file"), "luksRemoveKey /dev/sdb1 /media/stick/key"}}},
};

}  // namespace latchkey::cli
