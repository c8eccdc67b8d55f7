// SPDX-License-Identifier: GPL-2.0-or-later
#include "actions/loading.h"
#include "actions/option_groups.h"
#include "actions/reencrypt.h"
#include "actions/unlocking.h"
#include "cli/action.h"
#include "latchkey/condition.h"
#include "text/format.h"
#include "ui/facts.h"
#include "ui/ui.h"

namespace latchkey::cli {
namespace {

// Reports damaged keyslots, which cannot be repaired.
bool has_whole_keyslots(Ui& ui, const Device& device, const std::string& type) {
    const auto volume = Volume::load(ui.context(), device, {.type = type});
    return !volume || volume->lost_keyslots(ui.context()).empty();
}

// Recovers an interrupted write of a reencryption, which needs the keys: asks for a passphrase.
Result<void> recover(Ui& ui, const Arguments& args, std::vector<std::string>& lines) {
    auto volume = ui.load_volume(args, args.operands[0], Access::ReadOnly);
    if (!volume) return {};
    LK_ASSIGN(const ReencryptionState state, volume->reencryption());
    if (state != ReencryptionState::CutShort) return {};
    const std::string prompt = translate(N_("Enter passphrase for reencryption recovery: "));
    LK_ASSIGN(const UnlockedVolume opened, unlock_any(ui, args, *volume, prompt, {}));
    const std::string device(args.operands[0]);
    const auto recovered = recover_reencryption(ui, args, device, *volume, opened);
    if (recovered && *recovered)
        lines.emplace_back(
            translate(N_("the part of the data that a reencryption was writing is recovered")));
    if (recovered) return {};
    if (recovered.error().condition != Condition::ReencryptionUnprotected) return recovered.error();
    LK_TRY(ui.confirm(text("%s: %s. That part is lost. The rest of the data can be used again.",
                           device.c_str(), recovered.error().message.c_str())));
    LK_TRY(recover_reencryption(ui, args, device, *volume, opened, LostData::Accepted));
    lines.emplace_back(translate(N_(
        "the part of the data that was written without protection is given up; the rest opens")));
    return {};
}

Result<void> run(Ui& ui, const Arguments& args) {
    LK_ASSIGN(const std::string type, library_type(args));
    const std::string_view path = args.get(opt::header).value_or(args.operands[0]);
    LK_ASSIGN(const Device device, ui.open_device(path, Access::ReadWrite));
    // Runs on a shadow first, so that the repairs are known before the user is asked.
    LK_ASSIGN(std::vector<std::string> lines, Volume::repair(ui.context(), device.shadow(), type));
    if (!lines.empty()) {
        LK_TRY(ui.confirm(translate(N_("Really try to repair LUKS device header?"))));
        LK_ASSIGN(lines, Volume::repair(ui.context(), device, type));
    }
    LK_TRY(recover(ui, args, lines));
    if (has_whole_keyslots(ui, device, type) && lines.empty())
        ui.verbose("No known problems detected for LUKS header.");
    Fact repaired{.key = "repaired", .kind = Fact::Kind::Array};
    for (const std::string& line : lines) {
        ui.say("%s", line.c_str());
        repaired.children.push_back(text_fact("", line));
    }
    ui.result({.key = {},
               .kind = Fact::Kind::Object,
               .children = {text_fact("device", device.name()), std::move(repaired)}});
    return {};
}

constexpr auto kOptions = join(kVolumeOptions, kSecretOptions, kChangeOptions);

}  // namespace

extern constexpr Action kRepair{
    .name = "repair",
    .operands = N_("<device>"),
    .summary = N_("mend what can be mended of a damaged header"),
    .options = kOptions,
    .run = &run,
    .examples = {{{N_("see what would be mended"), "repair --dry-run /dev/sdb1"},
                  {N_("mend it, and save the header first"),
                   "repair --backup-dir /root /dev/sdb1"}}},
};

}  // namespace latchkey::cli
