// SPDX-License-Identifier: GPL-2.0-or-later
#include "actions/loading.h"
#include "actions/option_groups.h"
#include "activation/activation.h"
#include "cli/action.h"
#include "ui/ui.h"

namespace latchkey::cli {
namespace {

// With a null cipher the table has no key; the header gives the size of the key.
void complete_key_size(Ui& ui, const Arguments& args, MappingInfo& info) {
    if (info.key_bits != 0 || !is_luks(info)) return;
    if (const auto volume = header_of_mapping(ui, args, info);
        volume && volume->info().uuid == info.uuid)
        info.key_bits = volume->info().key_bytes * 8;
}

Result<void> run(Ui& ui, const Arguments& args) {
    const std::string name = mapping::name_of(args.operands[0]);
    auto info = mapping::status(ui.context(), name);
    if (!info && info.error().code == Errc::Busy) return std::move(info).error();
    if (!info) return std::move(info).error().exits_with(1);
    complete_key_size(ui, args, *info);
    Fact facts = mapping::describe(*info, ui.habits().status);
    ui.print(to_text(facts));
    ui.result(std::move(facts));
    if (info->server_ended)
        ui.warn(
            "The process that served %s has ended: nothing can be read or written, and 'close' "
            "removes what is left.",
            name.c_str());
    if (info->active) return {};
    return fail_saying(Errc::NoDevice, "Device %s is not active.", name.c_str())
        .silently()
        .exits_with(ui.habits().inactive_exit);
}

}  // namespace

extern constexpr Action kStatus{
    .name = "status",
    .operands = N_("<name>"),
    .summary = N_("show what a mapping is"),
    .options = kVolumeOptions,
    .run = &run,
    .examples = {{{N_("show the cipher, device and size of an open volume"), "status home"},
                  {N_("show the same for a program"), "status --json home"}}},
};

}  // namespace latchkey::cli
