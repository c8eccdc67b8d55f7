// SPDX-License-Identifier: GPL-2.0-or-later
#include "ui/dry_run.h"

#include <cinttypes>

#include "text/format.h"
#include "text/wording.h"
#include "ui/consequences.h"
#include "ui/line_diff.h"

namespace latchkey::cli {
namespace {

std::optional<Volume> loaded(Context& context, const Device& device) {
    auto volume = Volume::load(context, device);
    if (!volume) return std::nullopt;
    return std::move(volume).value();
}

std::optional<Fact> described(const std::optional<Volume>& volume) {
    if (!volume) return std::nullopt;
    return volume->describe();
}

Fact as_member(Fact fact, std::string key) {
    fact.key = std::move(key);
    fact.kind = Fact::Kind::Object;
    return fact;
}

Fact json_of(const Device& device, const std::vector<ByteRange>& ranges, std::optional<Fact> before,
             std::optional<Fact> after) {
    Fact fact{.key = {}, .kind = Fact::Kind::Object};
    fact.children.push_back({.key = "device", .value = device.name()});
    Fact list{.key = "writes", .kind = Fact::Kind::Array};
    for (const ByteRange& range : ranges) {
        Fact write{.key = {}, .kind = Fact::Kind::Object};
        write.children.push_back({.key = "offset", .value = range.offset});
        write.children.push_back({.key = "length", .value = range.length});
        list.children.push_back(std::move(write));
    }
    fact.children.push_back(std::move(list));
    // null: no header opens before or after.
    fact.children.push_back(before ? as_member(*std::move(before), "before")
                                   : Fact{.key = "before"});
    fact.children.push_back(after ? as_member(*std::move(after), "after") : Fact{.key = "after"});
    return fact;
}

}  // namespace

std::vector<Fact> report_rehearsals(Output& output, const std::vector<Rehearsal>& rehearsals) {
    std::vector<Fact> facts;
    // Reading for the comparison must not log anything.
    Context quiet;
    quiet.policy = output.context().policy;
    for (const Rehearsal& rehearsal : rehearsals) {
        const std::vector<ByteRange> ranges = rehearsal.shadow.changed_ranges();
        const std::optional<Volume> old = loaded(quiet, rehearsal.real);
        const std::optional<Volume> now = loaded(quiet, rehearsal.shadow);
        std::optional<Fact> before = described(old);
        std::optional<Fact> after = described(now);
        for (const std::string& line :
             consequences(old ? &*old : nullptr, now ? &*now : nullptr, ranges))
            output.say("%s", sentence(line).c_str());
        const std::string name = rehearsal.real.name();
        if (ranges.empty()) output.say("Nothing would be written to %s.", name.c_str());
        for (const ByteRange& range : ranges)
            output.say("Would write to %s: %" PRIu64 " bytes at offset %" PRIu64, name.c_str(),
                       range.length, range.offset);
        output.print(line_diff(before ? to_text(*before) : "", after ? to_text(*after) : ""));
        facts.push_back(json_of(rehearsal.real, ranges, std::move(before), std::move(after)));
    }
    output.say("Nothing was written (--dry-run).");
    return facts;
}

}  // namespace latchkey::cli
