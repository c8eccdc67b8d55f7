// SPDX-License-Identifier: GPL-2.0-or-later
#include "actions/option_groups.h"
#include "actions/volume_result.h"
#include "cli/action.h"
#include "text/format.h"
#include "ui/facts.h"
#include "ui/ui.h"

namespace latchkey::cli {
namespace {

Result<void> run(Ui& ui, const Arguments& args) {
    LK_ASSIGN(Volume volume, ui.load_volume(args, args.operands[0], Access::ReadWrite));
    LK_TRY(ui.confirm_or(text("This operation will erase all keyslots on device %s.\n"
                              "Device will become unusable after this operation.",
                              volume.device().name().c_str()),
                         2, N_("Operation aborted, keyslots were NOT wiped.\n")));
    const auto keyslots = volume.keyslots();
    LK_TRY(volume.erase_keyslots(ui.context()));
    Fact erased{.key = "keyslots", .kind = Fact::Kind::Array};
    for (const KeyslotInfo& keyslot : keyslots) {
        ui.verbose("Key slot %d removed.", keyslot.number);
        erased.children.push_back(number_fact("", static_cast<std::uint64_t>(keyslot.number)));
    }
    ui.result(volume_result(volume, {std::move(erased)}));
    return {};
}

constexpr auto kOptions = join(kVolumeOptions, kChangeOptions);
constexpr ActionAlias kAliases[] = {{.name = "luksErase"}};

}  // namespace

extern constexpr Action kErase{
    .name = "erase",
    .operands = N_("<device>"),
    .summary = N_("wipe all keyslots; the data is lost to everybody without the volume key"),
    .options = kOptions,
    .run = &run,
    .aliases = kAliases,
    .examples = {{{N_("see what would be lost"), "erase --dry-run /dev/sdb1"},
                  {N_("make all data unreadable, for ever"), "erase /dev/sdb1"}}},
};

}  // namespace latchkey::cli
