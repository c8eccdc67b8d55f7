// SPDX-License-Identifier: GPL-2.0-or-later
#include "actions/option_groups.h"
#include "actions/volume_result.h"
#include "cli/action.h"
#include "ui/ui.h"

namespace latchkey::cli {
namespace {

// "Not LUKS" is a valid answer; a missing device is an error.
bool is_an_answer(Errc code) {
    return code == Errc::NotThisFormat || code == Errc::CorruptHeader ||
           code == Errc::InvalidArgument || code == Errc::NotSupported;
}

Result<void> run(Ui& ui, const Arguments& args) {
    if (args.operands.size() > 1)
        return fail_saying(Errc::InvalidArgument,
                           "Only one device argument for isLuks operation is supported.")
            .exits_with(4);
    auto volume = ui.load_volume(args, args.operands[0], Access::ReadOnly);
    if (!volume) {
        Error error = std::move(volume).error();
        // The exit status is the answer.  But the user must learn that a damaged header was found.
        if (error.code == Errc::CorruptHeader) ui.report(error);
        return is_an_answer(error.code) ? std::move(error).silently() : error;
    }
    ui.result(volume_result(*volume));
    return {};
}

constexpr auto kOptions = join(kVolumeOptions);

}  // namespace

extern constexpr Action kIsLuks{
    .name = "isLuks",
    .operands = N_("<device>"),
    .summary = N_("answer by the exit status whether there is a LUKS header"),
    .options = kOptions,
    .run = &run,
    .any_number = true,
    .examples = {{{N_("test whether a device has a LUKS header"), "isLuks /dev/sdb1"},
                  {N_("test for LUKS2"), "isLuks --type luks2 /dev/sdb1"}}},
};

}  // namespace latchkey::cli
