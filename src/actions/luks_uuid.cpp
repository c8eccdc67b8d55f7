// SPDX-License-Identifier: GPL-2.0-or-later
#include "actions/option_groups.h"
#include "actions/volume_result.h"
#include "cli/action.h"
#include "latchkey/wording.h"
#include "ui/facts.h"
#include "ui/ui.h"

namespace latchkey::cli {
namespace {

Result<void> set(Ui& ui, const Arguments& args, const std::string& uuid) {
    LK_ASSIGN(Volume volume, ui.load_volume(args, args.operands[0], Access::ReadWrite));
    const std::string before = volume.info().uuid;
    LK_TRY(ui.confirm(translate(N_("Do you really want to change UUID of device?")), 2));
    LK_TRY(volume.set_uuid(ui.context(), uuid));
    ui.result(volume_result(volume, {text_fact("previous_uuid", before)}));
    return {};
}

Result<void> run(Ui& ui, const Arguments& args) {
    if (args.has(opt::uuid)) return set(ui, args, args.text(opt::uuid));
    LK_ASSIGN(const Volume volume, ui.load_volume(args, args.operands[0], Access::ReadOnly));
    ui.print(shown(volume.info().uuid) + "\n");
    ui.result(volume_result(volume));
    return {};
}

constexpr OptionGroup<1> kOwn = {&opt::uuid};
constexpr auto kOptions = join(kOwn, kVolumeOptions, kChangeOptions);

}  // namespace

extern constexpr Action kLuksUuid{
    .name = "luksUUID",
    .operands = N_("<device>"),
    .summary = N_("print the volume's UUID, or set it (--uuid)"),
    .options = kOptions,
    .run = &run,
    .examples = {{{N_("print the UUID"), "luksUUID /dev/sdb1"},
                  {N_("set it"),
                   "luksUUID --uuid 6cf1f8a5-2b0d-4d7e-9a8f-1c2d3e4f5a6b /dev/sdb1"}}},
};

}  // namespace latchkey::cli
