// SPDX-License-Identifier: GPL-2.0-or-later
#include "actions/keyslot_options.h"
#include "actions/last_keyslot.h"
#include "actions/option_groups.h"
#include "actions/unlocking.h"
#include "actions/volume_result.h"
#include "cli/action.h"
#include "cli/value.h"
#include "ui/facts.h"
#include "ui/secret_sources.h"
#include "ui/ui.h"

namespace latchkey::cli {
namespace {

// Returns the keyslot of a number or a name.
Result<int> slot_number(std::string_view operand, const Volume& volume) {
    const std::string type = volume.info().type;
    const auto number = parse_integer(operand);
    if (!number) return keyslot_called(volume, operand);
    if (number->negative || number->magnitude > 0xffff)
        return fail_saying(Errc::InvalidArgument, "Key slot %s is invalid.",
                           std::string(operand).c_str());
    const int slot = static_cast<int>(number->magnitude);
    LK_TRY(Volume::check_keyslot_number(type, slot));
    return slot;
}

// Checks that the user knows the passphrase of another keyslot, so that a wrong number does not lock anybody out.
// For the last keyslot, checks its own passphrase.
Result<void> check_another(Ui& ui, const Volume& volume, int slot, const Passphrase& passphrase) {
    std::vector<int> others;
    for (const KeyslotInfo& other : volume.keyslots())
        if (other.number != slot && other.usable && !other.unbound) others.push_back(other.number);
    LK_TRY(volume.check_cost(ui.context(), others));
    bool any = false;
    Error failure = fail(Errc::WrongPassphrase, "no other keyslot opens with this passphrase");
    for (const KeyslotInfo& other : volume.keyslots()) {
        if (other.number == slot || !other.usable || other.unbound) continue;
        any = true;
        auto opened = volume.unlock(ui.context(), passphrase, {.keyslot = other.number});
        if (opened) {
            tell_keyslot(ui, *opened);
            return {};
        }
        if (opened.error().code == Errc::Interrupted) return opened.error();
        // An error that kept a keyslot from being tried says more than "wrong passphrase" of the others.
        if (opened.error().code != Errc::WrongPassphrase) failure = opened.error();
    }
    if (any) return failure;
    LK_ASSIGN(const UnlockedVolume opened,
              volume.unlock(ui.context(), passphrase, {.keyslot = slot}));
    tell_keyslot(ui, opened);
    return {};
}

Result<void> ask_for_another(Ui& ui, const Arguments& args, const Volume& volume, int slot) {
    const KeySource source =
        existing_secret(args, translate(N_("Enter any remaining passphrase: ")));
    if (ui.batch() && source.is_a<keys::Ask>()) return {};
    auto passphrase = ui.read_passphrase(source);
    // Scripts without any input are assumed to be right, as in the peer.
    if (!passphrase && passphrase.error().code == Errc::NothingToRead &&
        !source.is_a<keys::File>()) {
        ui.report(passphrase.error());
        return {};
    }
    if (!passphrase) return std::move(passphrase).error();
    return check_another(ui, volume, slot, *passphrase);
}

Result<void> run(Ui& ui, const Arguments& args) {
    LK_ASSIGN(Volume volume, ui.load_volume(args, args.operands[0], Access::ReadWrite));
    LK_ASSIGN(const int slot, slot_number(args.operands[1], volume));
    LK_TRY(volume.check_active_keyslot(slot));
    ui.verbose("Keyslot %d is selected for deletion.", slot);
    LK_TRY(agree_to_remove(ui, volume, slot));
    LK_TRY(ask_for_another(ui, args, volume, slot));
    LK_TRY(volume.kill_keyslot(ui.context(), slot));
    ui.verbose("Key slot %d removed.", slot);
    ui.result(volume_result(volume, {number_fact("keyslot", static_cast<std::uint64_t>(slot))}));
    return {};
}

constexpr auto kOptions = join(kVolumeOptions, kSecretOptions, kChangeOptions);

}  // namespace

extern constexpr Action kLuksKillSlot{
    .name = "luksKillSlot",
    .operands = N_("<device> <key slot>"),
    .summary = N_("wipe the keyslot of that number or name"),
    .options = kOptions,
    .run = &run,
    .examples = {{{N_("remove keyslot 1"), "luksKillSlot /dev/sdb1 1"},
                  {N_("remove a keyslot by its name"), "luksKillSlot /dev/sdb1 Ann"}}},
};

}  // namespace latchkey::cli
