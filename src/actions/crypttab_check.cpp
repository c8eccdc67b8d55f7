// SPDX-License-Identifier: GPL-2.0-or-later
#include <algorithm>

#include "actions/crypttab.h"
#include "cli/options.h"
#include "crypttab/look.h"

namespace latchkey::cli {

Result<void> crypttab_check(Ui& ui, const Arguments& args, const Crypttab& tab) {
    using crypttab::Severity;
    const auto findings = crypttab::check(tab.file, tab.readers, Looker(ui.context()));
    const auto count = [&](Severity severity) {
        return static_cast<unsigned>(
            std::ranges::count(findings, severity, &crypttab::Finding::severity));
    };
    const unsigned errors = count(Severity::Error);
    const unsigned warnings = count(Severity::Warning);
    Fact facts = crypttab::describe(findings, tab.file_name);
    ui.print(to_text(facts));
    facts.children.push_back(number_fact("errors", errors));
    facts.children.push_back(number_fact("warnings", warnings));
    ui.result(std::move(facts));
    ui.verbose("%u errors, %u warnings", errors, warnings);
    // The findings have told it.
    if (errors > 0 || (args.has(opt::strict) && warnings > 0))
        return fail(Errc::InvalidArgument, "crypttab %s: %u errors, %u warnings",
                    tab.file_name.c_str(), errors, warnings)
            .silently();
    return {};
}

}  // namespace latchkey::cli
