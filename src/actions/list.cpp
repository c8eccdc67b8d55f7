// SPDX-License-Identifier: GPL-2.0-or-later
// "list": every volume that this machine knows, a line each.
#include <cstdio>

#include "actions/volumes.h"
#include "cli/action.h"
#include "cli/options.h"
#include "ui/size_text.h"
#include "ui/table.h"

namespace latchkey::cli {
namespace {

std::vector<Cell> heading() {
    return {{translate(N_("NAME"))},  {translate(N_("DEVICE"))},   {translate(N_("SIZE"))},
            {translate(N_("LABEL"))}, {translate(N_("UUID"))},     {translate(N_("TYPE"))},
            {translate(N_("STATE"))}, {translate(N_("KEYSLOTS"))}, {translate(N_("WARNINGS"))}};
}

std::vector<Cell> row_of(const KnownVolume& volume) {
    std::string warnings;
    for (const std::string& warning : volume.warnings)
        warnings += (warnings.empty() ? "" : "; ") + warning;
    return {{volume.name},
            {volume.device},
            {volume.size_bytes ? size_text(*volume.size_bytes) : ""},
            {volume.label},
            {volume.uuid},
            {volume.type},
            {state_text(volume), volume.open && !volume.server_ended ? Tint::Good : Tint::None},
            {keyslots_text(volume)},
            {std::move(warnings), Tint::Bad}};
}

Result<void> run(Ui& ui, const Arguments& /*args*/) {
    Fact list{.key = "volumes", .kind = Fact::Kind::Array};
    std::vector<std::vector<Cell>> rows = {heading()};
    for (const KnownVolume& volume : known_volumes(ui)) {
        rows.push_back(row_of(volume));
        list.children.push_back(volume_fact(volume));
    }
    const bool none = rows.size() == 1;
    if (none) ui.say("No volume is known here. 'latchkey show FILE' looks into an image.");
    constexpr std::size_t kUuid = 4;
    constexpr std::size_t kLabel = 3;
    constexpr std::size_t kSlots = 7;
    // The escapes of colours are ours; each cell has passed shown().
    const std::string table = table_text(rows, look_of_output(), {kUuid, kLabel, kSlots});
    if (!none && !ui.json()) std::fwrite(table.data(), 1, table.size(), stdout);
    ui.result({.key = {}, .kind = Fact::Kind::Object, .children = {std::move(list)}});
    return {};
}

}  // namespace

extern constexpr Action kList{
    .name = "list",
    .operands = "",
    .summary = N_("show every volume that this machine knows, a line each"),
    .run = &run,
    .examples = {{{N_("show all volumes"), "list"}, {N_("show them to a program"), "list --json"}}},
};

}  // namespace latchkey::cli
