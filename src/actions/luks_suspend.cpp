// SPDX-License-Identifier: GPL-2.0-or-later
#include "actions/loading.h"
#include "actions/option_groups.h"
#include "activation/activation.h"
#include "cli/action.h"
#include "ui/facts.h"
#include "ui/ui.h"

namespace latchkey::cli {
namespace {

// Checks that the header used for resuming can give the key: otherwise data that are not written yet are lost. If the
// header is elsewhere and was not named, its owner is responsible.
Result<void> check_can_resume(Ui& ui, const Arguments& args, const MappingInfo& info) {
    auto header = load_any_luks(ui, args, info.device, Access::ReadOnly);
    if (!header && header.error().code == Errc::NotThisFormat && !args.has(opt::header)) return {};
    if (!header) return std::move(header).error();
    return mapping::check_resumable(ui.context(), *header, info);
}

Result<void> run(Ui& ui, const Arguments& args) {
    const std::string name = mapping::name_of(args.operands[0]);
    LK_ASSIGN(const MappingInfo info, active_mapping(ui, name, 4));
    if (!is_luks(info))
        return fail_saying(Errc::NotSupported, "This operation is supported only for LUKS device.");
    LK_TRY(info.check_not_suspended());
    LK_TRY(check_can_resume(ui, args, info));
    LK_TRY(mapping::suspend(ui.context(), name));
    ui.result({.key = {}, .kind = Fact::Kind::Object, .children = {text_fact("name", name)}});
    return {};
}

constexpr auto kOptions = join(kVolumeOptions);

}  // namespace

extern constexpr Action kLuksSuspend{
    .name = "luksSuspend",
    .operands = N_("<device>"),
    .summary = N_("stop a mapping's I/O and wipe its key from memory"),
    .options = kOptions,
    .run = &run,
    .examples = {{{N_("stop a volume and wipe its key from memory"), "luksSuspend home"},
                  {N_("do so with a detached header"), "luksSuspend --header header.img home"}}},
};

}  // namespace latchkey::cli
