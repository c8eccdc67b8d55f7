// SPDX-License-Identifier: GPL-2.0-or-later
#include "actions/option_groups.h"
#include "activation/activation.h"
#include "cli/action.h"
#include "ui/facts.h"

namespace latchkey::cli {
namespace {

Error not_closed(Ui& ui, Error error, const std::string& name) {
    switch (error.code) {
        case Errc::NoDevice:
            return fail(Errc::NoDevice, "Device %s is not active.", name.c_str());
        case Errc::Busy: return still_in_use(ui, name);
        case Errc::NotSupported:
        case Errc::AccessDenied: return no_device_mapper(ui, std::move(error), 4);
        default: return error;
    }
}

Result<void> run(Ui& ui, const Arguments& args) {
    const std::string name = mapped_name(args.operands[0]);
    const mapping::CloseOptions options{.deferred = args.has(opt::deferred),
                                        .cancel_deferred = args.has(opt::cancel_deferred)};
    if (auto closed = mapping::close(ui.context(), name, options); !closed)
        return not_closed(ui, std::move(closed).error(), name);
    bool waits = false;
    if (options.deferred) {
        const auto left = mapping::status(ui.context(), name);
        waits = left && left->active;
        if (waits)
            ui.say("Device %s is still active and scheduled for deferred removal.", name.c_str());
    }
    ui.result({.key = {},
               .kind = Fact::Kind::Object,
               .children = {text_fact("name", name), flag_fact("deferred", waits)}});
    return {};
}

constexpr OptionGroup<3> kOwn = {&opt::deferred, &opt::cancel_deferred, &opt::compat};
constexpr auto kOptions = join(kOwn, kVolumeOptions);

constexpr ActionAlias kAliases[] = {
    {.name = "remove"},        {.name = "luksClose"},   {.name = "plainClose"},
    {.name = "loopaesClose"},  {.name = "tcryptClose"}, {.name = "bitlkClose"},
    {.name = "fvault2Close"},
};

}  // namespace

extern constexpr Action kClose{
    .name = "close",
    .operands = N_("<name>"),
    .summary = N_("remove a mapping"),
    .options = kOptions,
    .run = &run,
    .aliases = kAliases,
};

}  // namespace latchkey::cli
