// SPDX-License-Identifier: GPL-2.0-or-later
#include <unistd.h>

#include <algorithm>

#include "actions/crypttab.h"
#include "cli/options.h"
#include "crypttab/look.h"
#include "crypttab/request.h"
#include "latchkey/crypttab_order.h"
#include "latchkey/find_device.h"
#include "text/wording.h"
#include "ui/facts.h"

namespace latchkey::cli {
namespace {

// A line that is to be opened.
struct PlannedLine {
    crypttab::Line text = {};
    crypttab::Entry entry = {};
    crypttab::Meaning volume = {};        // what the line says
    std::vector<std::size_t> needs = {};  // indices of lines before this one
};

struct Lines {
    std::vector<PlannedLine> all;
    std::vector<crypttab::Meaning> volumes;
};

Lines lines_of(const Crypttab& tab) {
    Lines lines;
    for (const crypttab::Line& line : tab.file.lines) {
        if (line.words.empty()) continue;
        PlannedLine one{.text = line, .entry = crypttab::read_entry(line, tab.readers)};
        one.volume = crypttab::meaning(one.entry);
        lines.volumes.push_back(one.volume);
        lines.all.push_back(std::move(one));
    }
    return lines;
}

// Returns the lines of the plan in its order; their needs become places in the plan.
std::vector<PlannedLine> planned(const Lines& lines, const std::vector<crypttab::Step>& steps) {
    std::vector<PlannedLine> plan;
    for (const crypttab::Step& step : steps) {
        PlannedLine line = lines.all[step.volume];
        for (const std::size_t need : step.needs) {
            const auto place = std::ranges::find(steps, need, &crypttab::Step::volume);
            line.needs.push_back(static_cast<std::size_t>(place - steps.begin()));
        }
        plan.push_back(std::move(line));
    }
    return plan;
}

// Prints the findings that matter for the lines to be opened: "/etc/crypttab:4:9: ...".
void tell_findings(Ui& ui, const Crypttab& tab, const std::vector<PlannedLine>& plan) {
    // Opening looks at each device itself.  A dry run must look here, or it would show as possible what is then refused.
    const crypttab::Look look = ui.dry_run() ? Looker(ui.context()) : crypttab::Look();
    for (const crypttab::Finding& finding : crypttab::check(tab.file, tab.readers, look)) {
        const bool planned = std::ranges::any_of(
            plan, [&](const PlannedLine& one) { return one.volume.line == finding.line; });
        const bool unknown = finding.id == "unknown-option" || finding.id == "foreign-option";
        // The order does not matter, because opening_order() chooses it.
        if (!planned || finding.id == "order" ||
            (finding.severity == crypttab::Severity::Note && !unknown))
            continue;
        ui.warn("%s:%u:%u: %s.", tab.file_name.c_str(), finding.line, finding.column,
                finding.message.c_str());
    }
}

std::string key_text(const crypttab::Meaning& line) {
    std::string text(crypttab::name_of(line.key));
    if (!line.script.empty()) text += " " + line.script;
    if (!line.key_path.empty() && line.key_path != "none") text += " " + line.key_path;
    if (!line.key_device.empty()) text += " on " + line.key_device;
    return text;
}

Fact needs_fact(const std::vector<PlannedLine>& plan, const PlannedLine& line) {
    Fact needs{.key = "after", .kind = Fact::Kind::Array};
    for (const std::size_t need : line.needs)
        needs.children.push_back(text_fact({}, plan[need].volume.name));
    return needs;
}

Fact line_fact(const std::vector<PlannedLine>& plan, const PlannedLine& line) {
    Fact fact{
        .key = {},
        .kind = Fact::Kind::Object,
        .children = {text_fact("name", line.volume.name), number_fact("line", line.volume.line),
                     text_fact("device", line.volume.source),
                     text_fact("type", std::string(crypttab::name_of(line.volume.type))),
                     text_fact("key", std::string(crypttab::name_of(line.volume.key))),
                     needs_fact(plan, line)}};
    if (line.volume.skipped) fact.children.push_back(text_fact("refusal", line.volume.refusal));
    return fact;
}

// Returns whether the device is missing.  One that lies on another line's mapping is not expected to exist yet.
bool is_missing(const PlannedLine& line) {
    if (!line.needs.empty()) return false;
    const auto path = find_device(line.volume.source);
    return !path || ::access(path->c_str(), F_OK) != 0;
}

Result<void> show_plan(Ui& ui, const std::vector<PlannedLine>& plan) {
    Fact volumes{.key = "volumes", .kind = Fact::Kind::Array};
    unsigned number = 0;
    for (const PlannedLine& line : plan) {
        ui.say("%u. %s: %s on %s, key: %s", ++number, line.volume.name.c_str(),
               std::string(crypttab::name_of(line.volume.type)).c_str(), line.volume.source.c_str(),
               key_text(line.volume).c_str());
        if (line.volume.skipped) {
            ui.say("   not possible: %s", line.volume.refusal.c_str());
            volumes.children.push_back(line_fact(plan, line));
            continue;
        }
        for (const std::size_t need : line.needs)
            ui.say("   after %s", plan[need].volume.name.c_str());
        if (is_missing(line)) ui.say("   the device is not there");
        if (!line.volume.header.empty()) ui.say("   header: %s", line.volume.header.c_str());
        if (!line.volume.check.empty()) ui.say("   check: %s", line.volume.check.c_str());
        if (line.volume.swap) ui.say("   becomes swap");
        if (!line.volume.tmp.empty()) ui.say("   gets a file system: %s", line.volume.tmp.c_str());
        volumes.children.push_back(line_fact(plan, line));
    }
    ui.result({.key = {}, .kind = Fact::Kind::Object, .children = {std::move(volumes)}});
    return {};
}

Fact result_fact(const std::vector<PlannedLine>& plan, std::size_t place,
                 const boot::OpenedVolume& opened) {
    Fact fact = line_fact(plan, plan[place]);
    fact.children.push_back(text_fact("outcome", std::string(boot::name_of(opened.outcome))));
    if (opened.outcome == boot::Outcome::Opened || opened.outcome == boot::Outcome::WasOpen)
        fact.children.push_back(text_fact("path", "/dev/mapper/" + plan[place].volume.name));
    if (opened.error) {
        fact.children.push_back(text_fact("code", std::string(info(opened.error->code).name)));
        fact.children.push_back(text_fact("error", sentence_or_message(*opened.error)));
    }
    return fact;
}

std::vector<boot::OpenRequest> requests_of(const Context& context,
                                           const std::vector<PlannedLine>& plan,
                                           const std::string& backend) {
    std::vector<boot::OpenRequest> requests;
    for (const PlannedLine& line : plan) {
        requests.push_back(request_of(context, line.text, line.entry));
        requests.back().needs = line.needs;
        requests.back().mapping.backend = backend;
    }
    return requests;
}

}  // namespace

Result<void> crypttab_open(Ui& ui, const Arguments& args, const Crypttab& tab) {
    const Lines lines = lines_of(tab);
    LK_ASSIGN(const auto steps, crypttab::opening_order(lines.volumes, tab.names));
    const std::vector<PlannedLine> plan = planned(lines, steps);
    tell_findings(ui, tab, plan);
    if (ui.dry_run()) return show_plan(ui, plan);
    const auto results =
        open_requests(ui, requests_of(ui.context(), plan, args.text(opt::backend)));
    Fact volumes{.key = "volumes", .kind = Fact::Kind::Array};
    for (std::size_t i = 0; i < plan.size(); ++i)
        volumes.children.push_back(result_fact(plan, i, results[i]));
    const auto failed = static_cast<unsigned>(
        std::ranges::count(results, boot::Outcome::Failed, &boot::OpenedVolume::outcome));
    ui.result({.key = {},
               .kind = Fact::Kind::Object,
               .children = {text_fact("dialect", std::string(crypttab::name_of(tab.readers))),
                            number_fact("failed", failed), std::move(volumes)}});
    if (failed == 0) return {};
    if (plan.size() > 1) ui.say("%u of %zu volumes are not open.", failed, plan.size());
    // Each failure was logged when it happened; the first one decides the exit status.
    const auto first =
        std::ranges::find(results, boot::Outcome::Failed, &boot::OpenedVolume::outcome);
    return Error(*first->error).silently();
}

}  // namespace latchkey::cli
