// SPDX-License-Identifier: GPL-2.0-or-later
// Changes the settings in a LUKS2 header: labels, priorities, names, activation flags.
#include <algorithm>

#include "actions/keyslot_options.h"
#include "actions/loading.h"
#include "actions/option_groups.h"
#include "actions/rehearsal.h"
#include "actions/volume_result.h"
#include "cli/action.h"
#include "ui/facts.h"
#include "ui/ui.h"

namespace latchkey::cli {
namespace {

Priority priority(std::string_view word) {
    if (word == "ignore") return Priority::Ignore;
    return word == "prefer" ? Priority::Prefer : Priority::Normal;
}

std::optional<std::string> owned(std::optional<std::string_view> text) {
    if (!text) return std::nullopt;
    return std::string(*text);
}

// Splits "allow-discards,no-read-workqueue"; "none" clears the flags.
std::vector<std::string> flag_names(std::string_view list) {
    std::vector<std::string> names;
    if (list == "none") return names;
    while (!list.empty()) {
        const std::size_t comma = std::min(list.find(','), list.size());
        names.emplace_back(list.substr(0, comma));
        list.remove_prefix(std::min(comma + 1, list.size()));
    }
    return names;
}

// A keyslot with priority ignore opens only if it is named.  Ignoring the last one therefore removes it for most
// users.
Result<void> check_ignore(Ui& ui, const Volume& volume, int keyslot) {
    const auto keyslots = volume.keyslots();
    const auto usable = [keyslot](const KeyslotInfo& slot) {
        return slot.usable && !slot.unbound && !slot.held_by_token && slot.number != keyslot &&
               slot.priority != Priority::Ignore;
    };
    if (!std::ranges::any_of(keyslots, usable))
        ui.warn("No keyslot is left that opens without --key-slot.");
    return {};
}

Result<void> run(Ui& ui, const Arguments& args) {
    const auto label = owned(args.get(opt::label));
    const auto subsystem = owned(args.get(opt::subsystem));
    const auto wanted_priority = args.get(opt::priority);
    const auto name = args.get(opt::name);
    const auto flags = args.get(opt::flags);
    if (!label && !subsystem && !wanted_priority && !name && !flags)
        return fail_saying(Errc::InvalidArgument,
                           "Option --priority, --label or --subsystem is missing.");
    LK_ASSIGN(Volume volume, load_luks2(ui, args, args.operands[0], Access::ReadWrite));
    LK_ASSIGN(const auto wanted_slot, keyslot_number(args, opt::key_slot, volume));
    const int keyslot = wanted_slot.value_or(-1);
    if (wanted_priority || name) LK_TRY(volume.check_active_keyslot(keyslot));

    if (wanted_priority && priority(*wanted_priority) == Priority::Ignore)
        LK_TRY(check_ignore(ui, volume, keyslot));
    const auto steps = [&](Volume& on) -> Result<void> {
        if (wanted_priority)
            LK_TRY(on.set_priority(ui.context(), keyslot, priority(*wanted_priority)));
        if (name) LK_TRY(on.set_keyslot_name(ui.context(), keyslot, *name));
        if (label || subsystem) LK_TRY(on.set_label(ui.context(), label, subsystem));
        if (flags) LK_TRY(on.set_flags(ui.context(), flag_names(*flags)));
        return {};
    };
    LK_TRY(all_or_nothing(ui, volume, steps));

    const VolumeInfo info = volume.info();
    Fact now{.key = "flags", .kind = Fact::Kind::Array};
    for (const std::string& flag : info.flags) now.children.push_back(text_fact("", flag));
    ui.result(volume_result(volume, {text_fact("label", info.label),
                                     text_fact("subsystem", info.subsystem), std::move(now)}));
    return {};
}

constexpr OptionGroup<6> kOwn = {
    &opt::label, &opt::subsystem, &opt::priority, &opt::key_slot, &opt::name, &opt::flags,
};
constexpr auto kOptions = join(kOwn, kVolumeOptions, kChangeOptions);
constexpr ActionAlias kAliases[] = {{.name = "luksConfig"}};

}  // namespace

extern constexpr Action kConfig{
    .name = "config",
    .operands = N_("<device>"),
    .summary = N_("set label, keyslot names and priorities, activation flags (LUKS2)"),
    .options = kOptions,
    .run = &run,
    .aliases = kAliases,
    .examples = {{{N_("give a volume a label"), "config --label backup /dev/sdb1"},
                  {N_("give keyslot 1 a name"), "config --key-slot 1 --name Ann /dev/sdb1"}}},
};

}  // namespace latchkey::cli
