// SPDX-License-Identifier: GPL-2.0-or-later
#include "actions/crypttab.h"
#include "activation/activation.h"
#include "latchkey/condition.h"
#include "latchkey/crypttab_order.h"
#include "text/wording.h"
#include "ui/facts.h"

namespace latchkey::cli {
namespace {

// A mapping given by name must be open; with --all a closed one is not an error.
Result<bool> close_one(Ui& ui, const std::string& name, bool must_be_open) {
    auto closed = mapping::close(ui.context(), name);
    if (closed) return true;
    if (closed.error().condition == Condition::MappingInactive && !must_be_open) return false;
    return with_mapping_holders(ui, std::move(closed).error());
}

Fact closed_fact(const std::string& name, std::string outcome, const Error* error) {
    Fact fact{.key = {},
              .kind = Fact::Kind::Object,
              .children = {text_fact("name", name), text_fact("outcome", std::move(outcome))}};
    if (error == nullptr) return fact;
    fact.children.push_back(text_fact("code", std::string(info(error->code).name)));
    fact.children.push_back(text_fact("error", sentence_or_message(*error)));
    return fact;
}

}  // namespace

Result<void> crypttab_close(Ui& ui, const Arguments& /*args*/, const Crypttab& tab) {
    std::vector<crypttab::Meaning> volumes;
    for (const crypttab::Line& line : tab.file.lines)
        if (!line.words.empty())
            volumes.push_back(crypttab::meaning(crypttab::read_entry(line, tab.readers)));
    LK_ASSIGN(const auto order, crypttab::closing_order(volumes, tab.names));
    Fact facts{.key = "volumes", .kind = Fact::Kind::Array};
    std::optional<Error> first;
    unsigned failed = 0;
    for (const std::size_t one : order) {
        const std::string& name = volumes[one].name;
        // Mapping names never contain a slash.
        if (tab.names.empty() && volumes[one].skipped && name.find('/') != std::string::npos)
            continue;
        if (ui.dry_run()) {
            ui.say("%s", name.c_str());
            facts.children.push_back(closed_fact(name, "planned", nullptr));
            continue;
        }
        const auto closed = close_one(ui, name, !tab.names.empty());
        if (closed) {
            if (*closed) ui.say("%s: closed.", name.c_str());
            facts.children.push_back(closed_fact(name, *closed ? "closed" : "not-open", nullptr));
            continue;
        }
        ui.report(closed.error());
        facts.children.push_back(closed_fact(name, "failed", &closed.error()));
        if (!first) first = closed.error();
        ++failed;
    }
    ui.result({.key = {},
               .kind = Fact::Kind::Object,
               .children = {number_fact("failed", failed), std::move(facts)}});
    if (!first) return {};
    // Each error has been printed already.
    return Error(*first).silently();
}

}  // namespace latchkey::cli
