// SPDX-License-Identifier: GPL-2.0-or-later
#include <algorithm>

#include "actions/crypttab.h"
#include "cli/options.h"
#include "crypttab/look.h"
#include "ui/facts.h"

namespace latchkey::cli {

namespace {

void say_who_counts(Ui& ui, const Crypttab& tab) {
    using crypttab::Readers;
    if (tab.counting == Readers::None)
        ui.say("No reader of crypttab is installed here: the findings of both count.");
    else if (tab.counting == Readers::Systemd && has(tab.readers, Readers::Debian))
        ui.say(
            "Findings for Debian's scripts are notes: they are not installed here (--for=both "
            "counts them).");
    else if (tab.counting == Readers::Debian && has(tab.readers, Readers::Systemd))
        ui.say(
            "Findings for systemd are notes: it is not installed here (--for=both counts them).");
}

}  // namespace

Result<void> crypttab_check(Ui& ui, const Arguments& args, const Crypttab& tab) {
    using crypttab::Readers;
    using crypttab::Severity;
    const Readers counting = tab.counting == Readers::None ? Readers::Both : tab.counting;
    const auto findings = crypttab::check(tab.file, tab.readers, Looker(ui.context()), counting);
    const auto count = [&](Severity severity) {
        return static_cast<unsigned>(
            std::ranges::count(findings, severity, &crypttab::Finding::severity));
    };
    const unsigned errors = count(Severity::Error);
    const unsigned warnings = count(Severity::Warning);
    Fact facts = crypttab::describe(findings, tab.file_name);
    ui.print(to_text(facts));
    const bool told = args.has(opt::reader) || args.has(opt::dialect);
    if (!findings.empty() && !told) say_who_counts(ui, tab);
    facts.children.push_back(text_fact("counting", std::string(crypttab::name_of(counting))));
    facts.children.push_back(number_fact("errors", errors));
    facts.children.push_back(number_fact("warnings", warnings));
    ui.result(std::move(facts));
    ui.verbose("%u errors, %u warnings", errors, warnings);
    // The findings have been printed already.
    if (errors > 0 || (args.has(opt::strict) && warnings > 0))
        return fail(Errc::InvalidArgument, "crypttab %s: %u errors, %u warnings",
                    tab.file_name.c_str(), errors, warnings)
            .silently();
    return {};
}

}  // namespace latchkey::cli
