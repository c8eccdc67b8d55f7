// SPDX-License-Identifier: GPL-2.0-or-later
#include "actions/loading.h"
#include "actions/option_groups.h"
#include "actions/volume_result.h"
#include "cli/action.h"
#include "text/format.h"
#include "ui/facts.h"
#include "ui/ui.h"

namespace latchkey::cli {
namespace {

Result<void> run(Ui& ui, const Arguments& args) {
    const std::string wanted = args.text(opt::type);
    if (wanted != "luks1" && wanted != "luks2")
        return fail_saying(Errc::InvalidArgument,
                           "Invalid LUKS type, only luks1 and luks2 are supported.");
    LK_ASSIGN(const std::string type, library_type(args));
    LK_ASSIGN(Volume volume, load_any_luks(ui, args, args.operands[0], Access::ReadWrite));
    const std::string before = volume.info().type;
    if (before == type)
        return fail_saying(Errc::InvalidArgument, "Device is already %s type.", type.c_str());
    LK_TRY(ui.confirm_or(text("This operation will convert %s to %s format.\n",
                              volume.device().name().c_str(), type.c_str()),
                         2, N_("Operation aborted, device was NOT converted.\n")));
    LK_TRY(volume.convert(ui.context(), type));
    ui.result(volume_result(volume, {text_fact("previous_type", before)}));
    return {};
}

constexpr auto kOptions = join(kVolumeOptions, kChangeOptions);

}  // namespace

extern constexpr Action kConvert{
    .name = "convert",
    .operands = N_("<device>"),
    .summary = N_("convert between LUKS1 and LUKS2 in place (--type)"),
    .options = kOptions,
    .run = &run,
    .examples = {{{N_("convert to LUKS2"), "convert --type luks2 /dev/sdb1"},
                  {N_("see whether LUKS1 is possible"),
                   "convert --dry-run --type luks1 /dev/sdb1"}}},
};

}  // namespace latchkey::cli
