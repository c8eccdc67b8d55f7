// SPDX-License-Identifier: GPL-2.0-or-later
#include "actions/keyslot_options.h"
#include "actions/open.h"
#include "actions/reencrypt.h"
#include "actions/unlocking.h"
#include "actions/volume_result.h"
#include "cli/options.h"
#include "ui/facts.h"

namespace latchkey::cli {
namespace {

// Returns the names as the header spells them.
std::vector<std::string> names_of(const ActivationFlags& flags) {
    std::vector<std::string> names;
    if (flags.allow_discards) names.emplace_back("allow-discards");
    if (flags.same_cpu_crypt) names.emplace_back("same-cpu-crypt");
    if (flags.submit_from_crypt_cpus) names.emplace_back("submit-from-crypt-cpus");
    if (flags.no_read_workqueue) names.emplace_back("no-read-workqueue");
    if (flags.no_write_workqueue) names.emplace_back("no-write-workqueue");
    if (flags.high_priority) names.emplace_back("high_priority");
    return names;
}

Result<UnlockOptions> unlock_options(const Arguments& args, const Volume& volume) {
    LK_ASSIGN(const auto keyslot, keyslot_number(args, opt::key_slot, volume));
    const bool maps = !args.has(opt::test_passphrase);
    return UnlockOptions{.keyslot = keyslot,
                         .any_segment = !maps && (args.has(opt::unbound) || keyslot.has_value())};
}

Fact opened_fact(const Volume& volume, const UnlockedVolume& opened) {
    Fact result = volume_result(volume, {flag_fact("unbound", opened.unbound)});
    if (opened.keyslot >= 0)
        result.children.push_back(
            number_fact("keyslot", static_cast<std::uint64_t>(opened.keyslot)));
    if (!opened.keyslot_name.empty())
        result.children.push_back(text_fact("keyslot_name", opened.keyslot_name));
    return result;
}

Result<void> test_passphrase(Ui& ui, const Arguments& args, const std::string& device) {
    // Opens the data device too, so that a wrong name is noticed now, not at boot.
    if (args.has(opt::header)) LK_TRY(ui.open_device(device, Access::ReadOnly));
    LK_ASSIGN(const Volume volume, ui.load_volume(args, device, Access::ReadOnly));
    LK_ASSIGN(const UnlockOptions how, unlock_options(args, volume));
    LK_ASSIGN(const UnlockedVolume opened,
              unlock_any(ui, args, volume, ui.prompt_for(device), how));
    ui.result(opened_fact(volume, opened));
    return {};
}

}  // namespace

void store_flags(Ui& ui, Volume& volume, const ActivationFlags& flags) {
    if (volume.info().type != "LUKS2")
        ui.warn("This operation is supported only for LUKS2 device.");
    else if (const auto stored = volume.set_flags(ui.context(), names_of(flags)); stored)
        return;
    else
        ui.report(stored.error());
    ui.warn("Device activated but cannot make flags persistent.");
}

Result<void> open_luks(Ui& ui, const Arguments& args) {
    const std::string device(args.operands[0]);
    ui.context().policy.kdf.one_at_a_time = args.has(opt::serialize_memory_hard_pbkdf);
    if (args.has(opt::test_passphrase) && !ui.dry_run()) return test_passphrase(ui, args, device);
    const bool keeps_flags = args.has(opt::persistent) && !ui.dry_run();
    const Access header_access = keeps_flags ? Access::ReadWrite : Access::ReadOnly;
    // Flags are written to the device opened here, even if its data are mapped read only.
    LK_ASSIGN(const Device data, keeps_flags ? ui.open_device(device, Access::ReadWrite)
                                             : open_data(ui, args, device));
    LK_ASSIGN(Volume volume, ui.load_volume_of(args, data, header_access));
    LK_ASSIGN(std::string name, new_name(ui, args));
    warn_of_size(ui, args);
    LK_ASSIGN(const UnlockOptions how, unlock_options(args, volume));
    LK_ASSIGN(const UnlockedVolume opened,
              unlock_any(ui, args, volume, ui.prompt_for(device), how));
    // Devices that are read only or shared are not written to.
    bool recovered = false;
    if (!args.has(opt::readonly) && !args.has(opt::shared)) {
        LK_ASSIGN(recovered, recover_reencryption(ui, args, device, volume, opened));
    }
    if (recovered) {
        LK_ASSIGN(volume, ui.load_volume_of(args, data, header_access));
        if (volume.keyslots().empty())
            return fail(Errc::NotSupported,
                        "the decryption of %s is at its end: its data are in clear, and are used "
                        "without a header",
                        device.c_str());
    }
    LK_ASSIGN(const MappingPlan plan, volume.plan(ui.context(), opened));
    const ActivateOptions options = activate_options(args);
    LK_TRY(map_volume(ui, {plan, opened.keys(), data, std::move(name)}, options,
                      opened_fact(volume, opened)));
    if (keeps_flags) store_flags(ui, volume, options.flags);
    return {};
}

}  // namespace latchkey::cli
