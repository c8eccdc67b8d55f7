// SPDX-License-Identifier: GPL-2.0-or-later
#include <unistd.h>

#include <algorithm>

#include "actions/crypttab.h"
#include "cli/options.h"
#include "crypttab/look.h"
#include "crypttab/opener.h"
#include "latchkey/crypttab_order.h"
#include "latchkey/find_device.h"
#include "text/wording.h"

namespace latchkey::cli {
namespace {

struct Lines {
    std::vector<LineToOpen> all;
    std::vector<crypttab::Volume> volumes;
};

Lines lines_of(const Crypttab& tab) {
    Lines lines;
    for (const crypttab::Line& line : tab.file.lines) {
        if (line.words.empty()) continue;
        LineToOpen one{.text = line, .entry = crypttab::read_entry(line, tab.readers)};
        one.line = crypttab::meaning(one.entry);
        lines.volumes.push_back(one.line);
        lines.all.push_back(std::move(one));
    }
    return lines;
}

// Returns the lines of the plan in its order; their needs are positions in the plan.
std::vector<LineToOpen> planned(const Lines& lines, const std::vector<crypttab::Step>& steps) {
    std::vector<LineToOpen> plan;
    for (const crypttab::Step& step : steps) {
        LineToOpen line = lines.all[step.volume];
        for (const std::size_t need : step.needs) {
            const auto place = std::ranges::find(steps, need, &crypttab::Step::volume);
            line.needs.push_back(static_cast<std::size_t>(place - steps.begin()));
        }
        plan.push_back(std::move(line));
    }
    return plan;
}

// Prints the important findings about the lines to open; "/etc/crypttab:4:9: ...".
void tell_findings(Ui& ui, const Crypttab& tab, const std::vector<LineToOpen>& plan) {
    // Opening itself checks each device.  A plan must check too, or it would promise what opening refuses.
    const crypttab::Look look = ui.dry_run() ? Looker(ui.context()) : crypttab::Look();
    for (const crypttab::Finding& finding : crypttab::check(tab.file, tab.readers, look)) {
        const bool planned = std::ranges::any_of(
            plan, [&](const LineToOpen& one) { return one.line.line == finding.line; });
        const bool unknown = finding.id == "unknown-option" || finding.id == "foreign-option";
        // We choose the order ourselves.
        if (!planned || finding.id == "order" ||
            (finding.severity == crypttab::Severity::Note && !unknown))
            continue;
        ui.warn("%s:%u:%u: %s.", tab.file_name.c_str(), finding.line, finding.column,
                finding.message.c_str());
    }
}

std::string key_text(const crypttab::Volume& line) {
    std::string text(crypttab::name_of(line.key));
    if (!line.script.empty()) text += " " + line.script;
    if (!line.key_path.empty() && line.key_path != "none") text += " " + line.key_path;
    if (!line.key_device.empty()) text += " on " + line.key_device;
    return text;
}

Fact needs_fact(const std::vector<LineToOpen>& plan, const LineToOpen& line) {
    Fact needs{.key = "after", .kind = Fact::Kind::Array};
    for (const std::size_t need : line.needs)
        needs.children.push_back(text_fact({}, plan[need].line.name));
    return needs;
}

Fact line_fact(const std::vector<LineToOpen>& plan, const LineToOpen& line) {
    Fact fact{.key = {},
              .kind = Fact::Kind::Object,
              .children = {text_fact("name", line.line.name), number_fact("line", line.line.line),
                           text_fact("device", line.line.source),
                           text_fact("type", std::string(crypttab::name_of(line.line.type))),
                           text_fact("key", std::string(crypttab::name_of(line.line.key))),
                           needs_fact(plan, line)}};
    if (line.line.skipped) fact.children.push_back(text_fact("refusal", line.line.refusal));
    return fact;
}

// A device on another line's mapping cannot exist yet.
bool is_missing(const LineToOpen& line) {
    if (!line.needs.empty()) return false;
    const auto path = find_device(line.line.source);
    return !path || ::access(path->c_str(), F_OK) != 0;
}

Result<void> show_plan(Ui& ui, const std::vector<LineToOpen>& plan) {
    Fact volumes{.key = "volumes", .kind = Fact::Kind::Array};
    unsigned number = 0;
    for (const LineToOpen& line : plan) {
        ui.say("%u. %s: %s on %s, key: %s", ++number, line.line.name.c_str(),
               std::string(crypttab::name_of(line.line.type)).c_str(), line.line.source.c_str(),
               key_text(line.line).c_str());
        if (line.line.skipped) {
            ui.say("   not possible: %s", line.line.refusal.c_str());
            volumes.children.push_back(line_fact(plan, line));
            continue;
        }
        for (const std::size_t need : line.needs)
            ui.say("   after %s", plan[need].line.name.c_str());
        if (is_missing(line)) ui.say("   the device is not there");
        if (!line.line.header.empty()) ui.say("   header: %s", line.line.header.c_str());
        if (!line.line.check.empty()) ui.say("   check: %s", line.line.check.c_str());
        if (line.line.swap) ui.say("   becomes swap");
        if (!line.line.tmp.empty()) ui.say("   gets a file system: %s", line.line.tmp.c_str());
        volumes.children.push_back(line_fact(plan, line));
    }
    ui.result({.key = {}, .kind = Fact::Kind::Object, .children = {std::move(volumes)}});
    return {};
}

Fact result_fact(const std::vector<LineToOpen>& plan, std::size_t place, const OpenedLine& opened) {
    Fact fact = line_fact(plan, plan[place]);
    fact.children.push_back(text_fact("outcome", std::string(name_of(opened.outcome))));
    if (opened.outcome == Outcome::Opened || opened.outcome == Outcome::WasOpen)
        fact.children.push_back(text_fact("path", "/dev/mapper/" + plan[place].line.name));
    if (opened.error) {
        fact.children.push_back(text_fact("code", std::string(info(opened.error->code).name)));
        fact.children.push_back(text_fact("error", sentence_or_message(*opened.error)));
    }
    return fact;
}

}  // namespace

Result<void> crypttab_open(Ui& ui, const Arguments& args, const Crypttab& tab) {
    const Lines lines = lines_of(tab);
    LK_ASSIGN(const auto steps, crypttab::opening_order(lines.volumes, tab.names));
    const std::vector<LineToOpen> plan = planned(lines, steps);
    tell_findings(ui, tab, plan);
    if (ui.dry_run()) return show_plan(ui, plan);
    Opener opener(ui, plan, args.text(opt::backend));
    const std::vector<OpenedLine> results = opener.run();
    Fact volumes{.key = "volumes", .kind = Fact::Kind::Array};
    for (std::size_t i = 0; i < plan.size(); ++i)
        volumes.children.push_back(result_fact(plan, i, results[i]));
    const auto failed =
        static_cast<unsigned>(std::ranges::count(results, Outcome::Failed, &OpenedLine::outcome));
    ui.result({.key = {},
               .kind = Fact::Kind::Object,
               .children = {text_fact("dialect", std::string(crypttab::name_of(tab.readers))),
                            number_fact("failed", failed), std::move(volumes)}});
    if (failed == 0) return {};
    if (plan.size() > 1) ui.say("%u of %zu volumes are not open.", failed, plan.size());
    // Each error has been printed already; the first one's kind determines the exit status.
    const auto first = std::ranges::find(results, Outcome::Failed, &OpenedLine::outcome);
    return Error(*first->error).silently();
}

}  // namespace latchkey::cli
