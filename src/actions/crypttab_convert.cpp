// SPDX-License-Identifier: GPL-2.0-or-later
#include "actions/crypttab.h"
#include "cli/options.h"
#include "ui/facts.h"

namespace latchkey::cli {
namespace {

Fact loss_fact(const crypttab::Loss& loss) {
    return {.key = {},
            .kind = Fact::Kind::Object,
            .children = {number_fact("line", loss.line), number_fact("column", loss.column),
                         flag_fact("matters", loss.matters), text_fact("message", loss.message)}};
}

}  // namespace

Result<void> crypttab_convert(Ui& ui, const Arguments& args, const Crypttab& tab) {
    using crypttab::Readers;
    const auto to = args.get(opt::to);
    if (!to)
        return fail_saying(Errc::InvalidArgument, "Option --to is required: systemd or debian.")
            .as_usage();
    const auto converted =
        crypttab::convert(tab.file, *to == "systemd" ? Readers::Systemd : Readers::Debian,
                          ui.context().policy.speaks_as);
    ui.print_file(converted.text);
    Fact losses{.key = "losses", .kind = Fact::Kind::Array};
    bool lost = false;
    for (const crypttab::Loss& loss : converted.losses) {
        if (loss.matters)
            ui.warn("line %u, column %u: lost: %s", loss.line, loss.column, loss.message.c_str());
        else
            ui.warn("line %u, column %u: %s", loss.line, loss.column, loss.message.c_str());
        losses.children.push_back(loss_fact(loss));
        lost = lost || loss.matters;
    }
    ui.result({.key = {},
               .kind = Fact::Kind::Object,
               .children = {text_fact("to", std::string(*to)), text_fact("text", converted.text),
                            std::move(losses)}});
    // The losses have been printed already.
    if (lost)
        return fail(Errc::NotSupported, "crypttab %s cannot be said in full in the other dialect",
                    tab.file_name.c_str())
            .silently();
    return {};
}

}  // namespace latchkey::cli
