// SPDX-License-Identifier: GPL-2.0-or-later
#include "actions/option_groups.h"
#include "actions/volume_result.h"
#include "cli/action.h"
#include "ui/facts.h"
#include "ui/ui.h"

namespace latchkey::cli {
namespace {

Result<void> run(Ui& ui, const Arguments& args) {
    const std::string file = args.text(opt::header_backup_file);
    if (file.empty())
        return fail_saying(Errc::InvalidArgument, "Option --header-backup-file is required.");
    // On a shadow the library makes all checks and does not write the file.
    const Access access = ui.dry_run() ? Access::ReadWrite : Access::ReadOnly;
    LK_ASSIGN(const Volume volume, ui.load_volume(args, args.operands[0], access));
    LK_TRY(volume.backup(ui.context(), file));
    if (ui.dry_run()) ui.say("Would create header backup file %s.", file.c_str());
    ui.result(volume_result(volume, {text_fact("backup_file", file)}));
    return {};
}

constexpr OptionGroup<2> kOwn = {&opt::header_backup_file, &opt::dry_run};
constexpr auto kOptions = join(kOwn, kVolumeOptions);

}  // namespace

extern constexpr Action kLuksHeaderBackup{
    .name = "luksHeaderBackup",
    .operands = N_("<device>"),
    .summary = N_("copy the header and its keyslots to a file"),
    .options = kOptions,
    .run = &run,
    .examples = {{{N_("save the header"),
                   "luksHeaderBackup --header-backup-file header.img /dev/sdb1"},
                  {N_("save that of an image"),
                   "luksHeaderBackup --header-backup-file header.img disk.img"}}},
};

}  // namespace latchkey::cli
