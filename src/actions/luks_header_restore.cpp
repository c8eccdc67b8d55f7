// SPDX-License-Identifier: GPL-2.0-or-later
#include "actions/loading.h"
#include "actions/option_groups.h"
#include "actions/volume_result.h"
#include "cli/action.h"
#include "latchkey/condition.h"
#include "text/format.h"
#include "ui/facts.h"
#include "ui/secret_sources.h"
#include "ui/ui.h"

namespace latchkey::cli {
namespace {

// Returns the question: what will be lost, in the peer's words, and what else the comparison found.
Result<std::string> question(Ui& ui, const Device& device, const Volume& backup,
                             const std::vector<std::string>& warnings) {
    const std::string type = backup.info().type;
    const std::string name = device.name();
    const auto present = Volume::load(ui.context(), device, {.type = type});
    std::string asked =
        present ? text(
                      "Device %s already contains %s header. Replacing header will destroy "
                      "existing keyslots.",
                      name.c_str(), type.c_str())
                : text(
                      "Device %s does not contain %s header. Replacing header can destroy data "
                      "on that device.",
                      name.c_str(), type.c_str());
    if (present && present->info().uuid != backup.info().uuid)
        asked +=
            std::string("\n") + text("WARNING: real device header has different UUID than backup!");
    for (const std::string& warning : warnings) asked += "\n" + warning;
    return asked;
}

Result<Volume> load_backup(Ui& ui, const std::string& file, const std::string& type) {
    auto device = Device::open(ui.context(), file, Access::ReadOnly);
    if (!device) {
        ui.report(device.error());
    } else {
        auto backup = Volume::load(ui.context(), std::move(device).value(), {.type = type});
        if (backup) return backup;
        // A damaged backup is an error of its own, not a missing header.
        if (backup.error().code != Errc::NotThisFormat)
            return std::move(backup).error().within(file);
    }
    return fail(Errc::InvalidArgument, "%s has no LUKS header", file.c_str())
        .because(Condition::NoHeaderInBackup, file);
}

Result<void> run(Ui& ui, const Arguments& args) {
    const std::string file = args.text(opt::header_backup_file);
    if (file.empty())
        return fail_saying(Errc::InvalidArgument, "Option --header-backup-file is required.");
    LK_ASSIGN(const std::string type, library_type(args));
    const std::string_view path = args.get(opt::header).value_or(args.operands[0]);
    LK_ASSIGN(const Device device, ui.open_device(path, Access::Exclusive));
    LK_ASSIGN(const Volume backup, load_backup(ui, file, type));
    LK_ASSIGN(const auto warnings,
              Volume::check_restore(ui.context(), device, backup.device(), type));
    LK_ASSIGN(const std::string asked, question(ui, device, backup, warnings));
    LK_TRY(ui.confirm(asked));
    // A backup may have no keyslot that a person can use.  The user has been warned, or does not want questions.
    if (ui.batch() || person_is_there()) ui.context().policy.guard_last_keyslot = false;
    LK_TRY(Volume::restore(ui.context(), device, backup.device(), type));
    LK_ASSIGN(const Volume restored, Volume::load(ui.context(), device));
    ui.result(volume_result(restored, {text_fact("backup_file", file)}));
    return {};
}

constexpr OptionGroup<1> kOwn = {&opt::header_backup_file};
constexpr auto kOptions = join(kOwn, kVolumeOptions, kChangeOptions);

}  // namespace

extern constexpr Action kLuksHeaderRestore{
    .name = "luksHeaderRestore",
    .operands = N_("<device>"),
    .summary = N_("put a header backup back in place"),
    .options = kOptions,
    .run = &run,
    .examples = {{{N_("see what would be written"),
                   "luksHeaderRestore --dry-run --header-backup-file header.img /dev/sdb1"},
                  {N_("put the header back"),
                   "luksHeaderRestore --header-backup-file header.img /dev/sdb1"}}},
};

}  // namespace latchkey::cli
