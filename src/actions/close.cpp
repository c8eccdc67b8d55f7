// SPDX-License-Identifier: GPL-2.0-or-later
#include "actions/option_groups.h"
#include "activation/activation.h"
#include "cli/action.h"
#include "ui/facts.h"

namespace latchkey::cli {
namespace {

Result<void> run(Ui& ui, const Arguments& args) {
    const std::string name = mapping::name_of(args.operands[0]);
    const mapping::CloseOptions options{.deferred = args.has(opt::deferred),
                                        .cancel_deferred = args.has(opt::cancel_deferred)};
    if (auto closed = mapping::close(ui.context(), name, options); !closed)
        return with_mapping_holders(ui, std::move(closed).error());
    bool waits = false;
    if (options.deferred) {
        const auto left = mapping::status(ui.context(), name);
        waits = left && left->active;
        if (waits) {
            ui.say("Device %s is still active and scheduled for deferred removal.", name.c_str());
            if (ui.explains())
                for (const std::string& reason : reasons_of_use(*left))
                    ui.say("%s", reason.c_str());
        }
    }
    ui.result({.key = {},
               .kind = Fact::Kind::Object,
               .children = {text_fact("name", name), flag_fact("deferred", waits)}});
    return {};
}

constexpr OptionGroup<2> kOwn = {&opt::deferred, &opt::cancel_deferred};
constexpr auto kOptions = join(kOwn, kVolumeOptions);

constexpr ActionAlias kAliases[] = {
    {.name = "remove"},       {.name = "luksClose"},   {.name = "plainClose"},
    {.name = "loopaesClose"}, {.name = "tcryptClose"}, {.name = "bitlkClose"},
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
    .examples = {{{N_("close a volume"), "close home"},
                  {N_("close it when its last user has closed it"), "close --deferred home"}}},
};

}  // namespace latchkey::cli
