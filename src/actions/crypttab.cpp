// SPDX-License-Identifier: GPL-2.0-or-later
// /etc/crypttab: explains what its readers do with it, which needs no rights and reads no device, and carries it out.
#include "actions/crypttab.h"

#include <unistd.h>

#include <algorithm>

#include "cli/action.h"
#include "cli/meant.h"
#include "cli/options.h"
#include "crypttab/table.h"

namespace latchkey::cli {
namespace {

using crypttab::Readers;

Readers readers_of(const Arguments& args) {
    const std::string readers = args.text(opt::reader);
    if (readers == "systemd") return Readers::Systemd;
    if (readers == "debian") return Readers::Debian;
    return Readers::Both;
}

std::optional<Readers> dialect_said(const Arguments& args) {
    const std::string dialect = args.text(opt::dialect);
    if (dialect == "systemd") return Readers::Systemd;
    if (dialect == "debian") return Readers::Debian;
    return std::nullopt;
}

// Returns the readers whose findings count: the named ones, else those that are installed.
Readers counting_of(const Arguments& args) {
    if (const auto said = dialect_said(args)) return *said;
    if (args.has(opt::reader)) return Readers::Both;
    return crypttab::installed_readers([](const char* path) { return ::access(path, F_OK) == 0; });
}

// Returns the reader that would carry out the table on this machine.
Readers dialect_of(const Arguments& args) {
    if (const auto said = dialect_said(args)) return *said;
    const bool debian = ::access("/run/systemd/system", F_OK) != 0 &&
                        ::access("/lib/cryptsetup/cryptdisks-functions", F_OK) == 0;
    return debian ? Readers::Debian : Readers::Systemd;
}

Result<void> list(Ui& ui, const Arguments& /*args*/, const Crypttab& tab) {
    Fact facts = crypttab::describe(tab.file, tab.readers);
    ui.print(to_text(facts));
    ui.result(std::move(facts));
    return {};
}

struct Verb {
    std::string_view word;
    Result<void> (*run)(Ui&, const Arguments&, const Crypttab&);
    std::size_t most_operands;
};
constexpr Verb kVerbs[] = {
    {"check", crypttab_check, 2},
    {"explain", crypttab_explain, 3},
    {"convert", crypttab_convert, 2},
    {"list", list, 2},
};
constexpr std::string_view kOptionsWord = "options";
constexpr Verb kDoers[] = {
    {"open", crypttab_open, 0},
    {"close", crypttab_close, 0},
};

std::vector<std::string_view> verb_words() {
    std::vector<std::string_view> words;
    for (const Verb& verb : kVerbs) words.push_back(verb.word);
    words.push_back(kOptionsWord);
    for (const Verb& doer : kDoers) words.push_back(doer.word);
    return words;
}

Result<void> list_options(Ui& ui) {
    Fact facts = crypttab::describe_options();
    ui.print(to_text(facts));
    ui.result(std::move(facts));
    return {};
}

Result<void> run_doer(Ui& ui, const Arguments& args, const Verb& verb) {
    Crypttab tab{args.text(opt::crypttab), {}, dialect_of(args)};
    tab.names.assign(args.operands.begin() + 1, args.operands.end());
    if (tab.names.empty() && !args.has(opt::all))
        return fail_saying(Errc::InvalidArgument, "Name the volumes, or give --all.").as_usage();
    // Users of "check FILE" may write "open --all FILE".
    if (!tab.names.empty() && args.has(opt::all))
        return fail_saying(Errc::InvalidArgument,
                           "Option --all does not go with a name: give a file as --crypttab=%s.",
                           tab.names.front().c_str())
            .as_usage();
    if (tab.file_name.empty()) tab.file_name = kSystemTable;
    LK_ASSIGN(tab.file, read_table(ui, tab.file_name));
    return verb.run(ui, args, tab);
}

Result<void> run(Ui& ui, const Arguments& args) {
    const std::string_view word = args.operands[0];
    const auto doer = std::ranges::find(kDoers, word, &Verb::word);
    if (doer != std::end(kDoers)) return run_doer(ui, args, *doer);
    if (word == kOptionsWord && args.operands.size() == 1) return list_options(ui);
    const auto verb = std::ranges::find(kVerbs, word, &Verb::word);
    if (verb == std::end(kVerbs))
        return fail_saying(Errc::InvalidArgument, "Invalid crypttab action.")
            .with_hint(about_word("crypttab", word, verb_words()))
            .as_usage();
    if (args.operands.size() > verb->most_operands)
        return fail(Errc::InvalidArgument, "%s takes no more operands: '%s' is one too many",
                    ("crypttab " + std::string(word)).c_str(),
                    std::string(args.operands[verb->most_operands]).c_str())
            .as_usage();
    Crypttab tab{std::string(args.operand(1).value_or(kSystemTable)), {}, readers_of(args)};
    tab.counting = counting_of(args);
    tab.volume = args.operand(2).value_or(std::string_view());
    LK_ASSIGN(tab.file, read_table(ui, tab.file_name));
    return verb->run(ui, args, tab);
}

constexpr const OptionSpec* kOptions[] = {
    &opt::reader, &opt::to,      &opt::strict,          &opt::dialect, &opt::crypttab,
    &opt::all,    &opt::dry_run, &opt::disable_keyring, &opt::backend};

}  // namespace

extern constexpr Action kCrypttab{
    .name = "crypttab",
    .operands = N_("<check|explain|convert|list|options|open|close> [<file>|<name>...]"),
    .summary = N_("tell what systemd and Debian's scripts will do with /etc/crypttab, or do it"),
    .options = kOptions,
    .run = &run,
    .any_number = true,
    .examples = {{{N_("check /etc/crypttab"), "crypttab check"},
                  {N_("open all of its lines"), "crypttab open --all"}}},
};

}  // namespace latchkey::cli
