// SPDX-License-Identifier: GPL-2.0-or-later
// Keeps the passphrase and changes cost or cipher.
#include "actions/keyslot_options.h"
#include "actions/loading.h"
#include "actions/option_groups.h"
#include "actions/volume_result.h"
#include "cli/action.h"
#include "ui/facts.h"
#include "ui/secret_sources.h"
#include "ui/ui.h"

namespace latchkey::cli {
namespace {

Result<void> run(Ui& ui, const Arguments& args) {
    LK_ASSIGN(Volume volume, load_luks2(ui, args, args.operands[0], Access::ReadWrite));
    LK_ASSIGN(const auto wanted, keyslot_number(args, opt::key_slot, volume));
    if (wanted) {
        if (!Volume::check_keyslot_number(volume.info().type, *wanted))
            return fail(Errc::NoUsableKeyslot, "keyslot %d is not in the header", *wanted);
        LK_TRY(volume.check_active_keyslot(*wanted));
    }
    LK_ASSIGN(NewKeyslot keyslot, new_keyslot(args, std::nullopt));
    LK_ASSIGN(const Passphrase passphrase,
              ui.read_passphrase(existing_secret(
                  args, translate(N_("Enter passphrase for keyslot to be converted: ")))));
    LK_ASSIGN(const UnlockedVolume opened,
              volume.unlock(ui.context(), passphrase, {.keyslot = wanted}));
    keyslot.number = opened.keyslot;
    keyslot.same_passphrase = true;
    auto number = volume.change_keyslot(ui.context(), opened, passphrase, keyslot);
    if (!number) return std::move(number).error();
    ui.verbose("Key slot %d created.", *number);
    ui.result(volume_result(volume, {number_fact("keyslot", static_cast<std::uint64_t>(*number))}));
    return {};
}

constexpr OptionGroup<1> kOwn = {&opt::key_slot};
constexpr auto kOptions =
    join(kOwn, kVolumeOptions, kSecretOptions, kKdfOptions, kAreaOptions, kChangeOptions);

}  // namespace

extern constexpr Action kLuksConvertKey{
    .name = "luksConvertKey",
    .operands = N_("<device>"),
    .summary = N_("give a keyslot another cost or cipher"),
    .options = kOptions,
    .run = &run,
    .examples = {{{N_("use PBKDF2 in a keyslot"),
                   "luksConvertKey --key-slot 1 --pbkdf pbkdf2 /dev/sdb1"},
                  {N_("let opening take five seconds"),
                   "luksConvertKey --key-slot 1 --iter-time 5000 /dev/sdb1"}}},
};

}  // namespace latchkey::cli
