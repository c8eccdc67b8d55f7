// SPDX-License-Identifier: LGPL-2.1-or-later
// Checks a file: each line as each reader understands it, then the lines together.
#include <algorithm>
#include <cstdarg>
#include <map>

#include "base/strprintf.h"
#include "crypttab/checker.h"

namespace latchkey::crypttab {
namespace {

// Joins the suggestions for systemd's line and for Debian's.  If only one reader has an option, that one is suggested.
std::string both(const std::string& systemd, const std::string& debian) {
    if (systemd == debian || debian.empty()) return systemd;
    if (systemd.empty()) return debian;
    return strprintf(translate(N_("%s (systemd) or %s (debian)")), systemd.c_str(), debian.c_str());
}

// Reports a finding once if it is the same for both readers.
void merge(std::vector<Finding>& findings) {
    std::ranges::stable_sort(findings, {},
                             [](const Finding& f) { return std::pair(f.line, f.column); });
    std::vector<Finding> merged;
    for (Finding& finding : findings) {
        auto same = merged.rbegin();
        while (same != merged.rend() && same->line == finding.line &&
               same->column == finding.column &&
               (same->id != finding.id || same->message != finding.message))
            ++same;
        if (same == merged.rend() || same->line != finding.line || same->column != finding.column) {
            merged.push_back(std::move(finding));
            continue;
        }
        same->readers = same->readers | finding.readers;
        same->severity = std::max(same->severity, finding.severity);
        same->suggestion = both(same->suggestion, finding.suggestion);
    }
    findings = std::move(merged);
}

using LineOfName = std::map<std::string, std::uint32_t, std::less<>>;

void check_duplicate(Checker& on, LineOfName& seen) {
    const auto [first, is_new] = seen.emplace(on.volume.name, on.line.number);
    if (is_new) return;
    if (on.systemd())
        on.add(on.entry.name.column, Severity::Error, "duplicate-name",
               N_("line %u has the name '%s' already: no unit is made of this one, and systemd 252 "
                  "loses "
                  "every later line"),
               first->second, on.volume.name.c_str());
    else
        on.add(on.entry.name.column, Severity::Error, "duplicate-name",
               N_("line %u has the name '%s' already: the first one counts"), first->second,
               on.volume.name.c_str());
}

// Debian's scripts work strictly in the order of the file.
void check_order(Checker& on, const LineOfName& all) {
    if (on.systemd()) return;
    constexpr std::string_view kMapper = "/dev/mapper/";
    const auto check = [&](const Word& word, std::string_view id, std::string_view path) {
        if (!path.starts_with(kMapper)) return;
        const auto needed = all.find(path.substr(kMapper.size()));
        if (needed == all.end() || needed->second <= on.line.number) return;
        on.add(word.column, Severity::Error, id,
               N_("'%s' is opened later, by line %u: lines are processed in order"),
               needed->first.c_str(), needed->second);
    };
    check(on.entry.source, "order", on.volume.source);
    if (on.volume.script.ends_with("decrypt_derived"))
        check(on.entry.key, "order", std::string(kMapper) + on.volume.key_path);
}

LineOfName lines_of_names(const File& file, Readers reader) {
    LineOfName all;
    for (const Line& line : file.lines)
        if (!line.words.empty()) all.emplace(read_entry(line, reader).name.text, line.number);
    return all;
}

// Reports lines at which systemd 252 stops reading.
void check_lost_lines(Checker& on, const File& file) {
    if (!on.systemd() || !on.volume.swap || on.volume.tmp.empty()) return;
    const auto later = std::ranges::count_if(file.lines, [&](const Line& line) {
        return line.number > on.line.number && !line.words.empty();
    });
    on.add(on.entry.find("tmp")->column, Severity::Error, "swap-and-tmp",
           N_("swap and tmp exclude each other: no unit is made, and systemd 252 loses every later "
              "line (%d here)"),
           static_cast<int>(later));
}

}  // namespace

Finding& Checker::add(std::uint32_t column, Severity severity, std::string_view id,
                      const char* format, ...) {
    std::va_list arguments;
    va_start(arguments, format);
    std::string message = vstrprintf(translate(format), arguments);
    va_end(arguments);
    return add_told(column, severity, id, std::move(message));
}

Finding& Checker::add_told(std::uint32_t column, Severity severity, std::string_view id,
                           std::string message) {
    findings.push_back({line.number, column, severity, reader, id, std::move(message), {}});
    return findings.back();
}

std::vector<Finding> check(const File& file, Readers readers, const Look& look, Readers counting) {
    std::vector<Finding> findings;
    for (const Readers reader : {Readers::Systemd, Readers::Debian}) {
        if (!has(readers, reader)) continue;
        const LineOfName all = lines_of_names(file, reader);
        LineOfName seen;
        std::vector<Checker> lines;
        for (const Line& line : file.lines) {
            if (line.words.empty()) continue;
            Entry entry = read_entry(line, reader);
            const Meaning volume = meaning(entry);
            const bool in_initramfs =
                reader == Readers::Systemd && meaning(read_entry(line, Readers::Debian)).initramfs;
            DeviceLook looked = look && !volume.skipped ? look(volume) : DeviceLook();
            lines.push_back({line, reader, std::move(entry), volume, in_initramfs, findings,
                             std::move(looked)});
            Checker& on = lines.back();
            // If blanks have split or joined words, other findings about them would only confuse.
            if (check_text(on) || check_blanks(on)) continue;
            check_line(on);
            check_device(on);
            check_key(on);
            check_options(on);
            check_combination(on);
            check_found(on);
            check_boot(on);
            check_duplicate(on, seen);
            check_order(on, all);
            check_lost_lines(on, file);
        }
        check_together(lines);
    }
    for (Finding& finding : findings)
        if (!has(counting, finding.readers)) finding.severity = Severity::Note;
    merge(findings);
    return findings;
}

}  // namespace latchkey::crypttab
