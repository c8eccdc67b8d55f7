// SPDX-License-Identifier: GPL-2.0-or-later
#include "actions/activation.h"
#include "actions/option_groups.h"
#include "cli/action.h"

namespace latchkey::cli {
namespace {

Result<void> run(Ui& ui, const Arguments& args) {
    const std::string name = mapped_name(args.operands[0]);
    auto info = mapping::status(ui.context(), name);
    if (!info) return no_device_mapper(ui, std::move(info).error(), 1);
    Fact facts = mapping::describe(*info);
    ui.print(to_text(facts));
    ui.result(std::move(facts));
    if (info->active) return {};
    return ui.silent(fail(Errc::NoDevice, "Device %s is not active.", name.c_str()));
}

constexpr OptionGroup<1> kOwn = {&opt::compat};
constexpr auto kOptions = join(kOwn, kVolumeOptions);

}  // namespace

extern constexpr Action kStatus{
    .name = "status",
    .operands = N_("<name>"),
    .summary = N_("show what a mapping is"),
    .options = kOptions,
    .run = &run,
};

}  // namespace latchkey::cli
