// SPDX-License-Identifier: GPL-2.0-or-later
// Prints the loaded table in the format of `dmsetup create`.
#include <algorithm>

#include "actions/option_groups.h"
#include "activation/activation.h"
#include "cli/action.h"
#include "latchkey/number.h"
#include "ui/facts.h"

namespace latchkey::cli {
namespace {

std::string_view next_word(std::string_view& line) {
    const std::size_t blank = std::min(line.find(' '), line.size());
    const std::string_view word = line.substr(0, blank);
    line.remove_prefix(std::min(blank + 1, line.size()));
    return word;
}

// "0 2048 crypt aes-xts-plain64 ..."; the key field contains no key.
Fact target_fact(std::string_view line) {
    const std::uint64_t start = parse_number(next_word(line)).value_or(0);
    const std::uint64_t length = parse_number(next_word(line)).value_or(0);
    const std::string_view target = next_word(line);
    return {.key = {},
            .kind = Fact::Kind::Object,
            .children = {number_fact("start_sectors", start), number_fact("length_sectors", length),
                         text_fact("target", std::string(target)),
                         text_fact("parameters", std::string(line))}};
}

Fact table_fact(std::string_view table) {
    Fact targets{.key = "targets", .kind = Fact::Kind::Array};
    while (!table.empty()) {
        const std::size_t end = std::min(table.find('\n'), table.size());
        targets.children.push_back(target_fact(table.substr(0, end)));
        table.remove_prefix(std::min(end + 1, table.size()));
    }
    return targets;
}

Result<void> run(Ui& ui, const Arguments& args) {
    const std::string name = mapping::name_of(args.operands[0]);
    LK_ASSIGN(const MappingInfo info, active_mapping(ui, name, 4));
    LK_ASSIGN(const SecretBuffer shown, mapping::active_table(ui.context(), name, false));
    const std::string_view table(reinterpret_cast<const char*>(shown.bytes().data()), shown.size());
    Fact result{.key = {}, .kind = Fact::Kind::Object, .children = mapping_facts(info)};
    result.children.push_back(table_fact(table));
    ui.result(std::move(result));
    if (args.has(opt::show_keys)) {
        LK_ASSIGN(const SecretBuffer secret, mapping::active_table(ui.context(), name, true));
        ui.print_secret(secret.bytes());
    } else {
        ui.print(table);
    }
    return {};
}

constexpr OptionGroup<1> kOptions = {&opt::show_keys};

}  // namespace

extern constexpr Action kTable{
    .name = "table",
    .operands = N_("<name>"),
    .summary = N_("show a mapping's device-mapper table"),
    .options = kOptions,
    .run = &run,
    .examples = {{{N_("show the table without its key"), "table home"},
                  {N_("show the same for a program"), "table --json home"}}},
};

}  // namespace latchkey::cli
