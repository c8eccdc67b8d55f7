// SPDX-License-Identifier: GPL-2.0-or-later
// Reports what --dry-run would have done.  The real code ran over shadows of the devices; here they are compared.
#include <cinttypes>

#include "text/format.h"
#include "text/wording.h"
#include "ui/consequences.h"
#include "ui/line_diff.h"
#include "ui/state.h"

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

void Ui::report_dry_run() {
    // Reading for the comparison must not log anything.
    Context quiet;
    quiet.policy = context_.policy;
    for (const State::Rehearsal& rehearsal : state_->rehearsals) {
        const std::vector<ByteRange> ranges = rehearsal.shadow.changed_ranges();
        const std::optional<Volume> old = loaded(quiet, rehearsal.real);
        const std::optional<Volume> now = loaded(quiet, rehearsal.shadow);
        std::optional<Fact> before = described(old);
        std::optional<Fact> after = described(now);
        for (const std::string& line :
             consequences(old ? &*old : nullptr, now ? &*now : nullptr, ranges))
            say("%s", sentence(line).c_str());
        const std::string name = rehearsal.real.name();
        if (ranges.empty()) say("Nothing would be written to %s.", name.c_str());
        for (const ByteRange& range : ranges)
            say("Would write to %s: %" PRIu64 " bytes at offset %" PRIu64, name.c_str(),
                range.length, range.offset);
        print(line_diff(before ? to_text(*before) : "", after ? to_text(*after) : ""));
        state_->dry_run.push_back(
            json_of(rehearsal.real, ranges, std::move(before), std::move(after)));
    }
    say("Nothing was written (--dry-run).");
}

}  // namespace latchkey::cli
