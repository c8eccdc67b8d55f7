// SPDX-License-Identifier: LGPL-2.1-or-later
// Orders lines by their dependencies: a line whose device, header or key is below another line's /dev/mapper/NAME comes
// after that line.
#include <algorithm>
#include <map>
#include <set>

#include "base/i18n.h"
#include "base/strprintf.h"
#include "crypttab/values.h"
#include "latchkey/crypttab_order.h"

namespace latchkey::crypttab {
namespace {

using Index = std::map<std::string_view, std::size_t>;
using Indices = std::set<std::size_t>;

Index index_of(std::span<const Meaning> volumes) {
    Index index;
    for (std::size_t i = 0; i < volumes.size(); ++i) index.emplace(volumes[i].name, i);
    return index;
}

// Returns the lines that a volume needs; its own line, too, if it lies on its own mapping.
Indices needs_of(const Meaning& volume, const Index& index) {
    Indices needs;
    for (const std::string& name : needed_mappings(volume))
        if (const auto found = index.find(name); found != index.end()) needs.insert(found->second);
    return needs;
}

Result<Indices> named(const Index& index, std::span<const std::string> names) {
    Indices wanted;
    for (const std::string& name : names) {
        const auto found = index.find(name);
        if (found == index.end())
            return fail(Errc::NotFound, "no line of the crypttab is called '%s'", name.c_str());
        wanted.insert(found->second);
    }
    return wanted;
}

// Adds what the wanted lines need, directly or indirectly.
void add_needs(std::span<const Meaning> volumes, const Index& index, Indices& wanted) {
    std::vector<std::size_t> looked_at(wanted.begin(), wanted.end());
    while (!looked_at.empty()) {
        const std::size_t one = looked_at.back();
        looked_at.pop_back();
        for (const std::size_t need : needs_of(volumes[one], index))
            if (wanted.insert(need).second) looked_at.push_back(need);
    }
}

Error circle(std::span<const Meaning> volumes, const Indices& left) {
    if (left.size() == 1) {
        const Meaning& volume = volumes[*left.begin()];
        return fail(Errc::InvalidArgument, "line %u of the crypttab waits for its own mapping, %s",
                    volume.line, volume.name.c_str());
    }
    std::string lines;
    for (const std::size_t one : left) {
        if (!lines.empty()) lines += ", ";
        lines += strprintf("%u (%s)", volumes[one].line, volumes[one].name.c_str());
    }
    return fail(Errc::InvalidArgument, "lines of the crypttab wait for each other: %s",
                lines.c_str());
}

// Returns only the lines inside a circle, not those that wait for one.
Indices members_of_circles(const std::map<std::size_t, Indices>& needs, Indices left) {
    std::map<std::size_t, std::size_t> waiting;  // how many of the remaining lines wait for it
    for (const std::size_t one : left)
        for (const std::size_t need : needs.at(one))
            if (left.contains(need)) ++waiting[need];
    std::vector<std::size_t> outside;
    for (const std::size_t one : left)
        if (waiting[one] == 0) outside.push_back(one);
    while (!outside.empty()) {
        const std::size_t one = outside.back();
        outside.pop_back();
        left.erase(one);
        for (const std::size_t need : needs.at(one))
            if (left.contains(need) && --waiting[need] == 0) outside.push_back(need);
    }
    return left;
}

// Sorts each line as early as its needs and the file's order allow.  Lines that remain in `left` wait for each other.
std::vector<Step> sorted(const std::map<std::size_t, Indices>& needs, Indices& left) {
    std::vector<Step> steps;
    std::map<std::size_t, std::size_t> missing;
    std::map<std::size_t, std::vector<std::size_t>> waiting;
    Indices ready;
    for (const std::size_t one : left) {
        for (const std::size_t need : needs.at(one)) {
            if (!left.contains(need)) continue;
            ++missing[one];
            waiting[need].push_back(one);
        }
        if (missing[one] == 0) ready.insert(one);
    }
    while (!ready.empty()) {
        const std::size_t one = *ready.begin();
        ready.erase(ready.begin());
        left.erase(one);
        steps.push_back({one, {needs.at(one).begin(), needs.at(one).end()}});
        for (const std::size_t other : waiting[one])
            if (--missing[other] == 0) ready.insert(other);
    }
    return steps;
}

std::map<std::size_t, Indices> all_needs(std::span<const Meaning> volumes, const Index& index,
                                         const Indices& wanted) {
    std::map<std::size_t, Indices> needs;
    for (const std::size_t one : wanted) needs[one] = needs_of(volumes[one], index);
    return needs;
}

}  // namespace

std::vector<std::size_t> lines_in_circles(std::span<const Meaning> volumes) {
    const Index index = index_of(volumes);
    Indices all;
    for (const auto& [name, one] : index) all.insert(one);
    const auto needs = all_needs(volumes, index, all);
    (void)sorted(needs, all);
    const Indices members = members_of_circles(needs, std::move(all));
    return {members.begin(), members.end()};
}

Result<std::vector<Step>> opening_order(std::span<const Meaning> volumes,
                                        std::span<const std::string> names) {
    const Index index = index_of(volumes);
    Indices wanted;
    if (names.empty()) {
        for (const auto& [name, one] : index)
            if (!volumes[one].no_auto) wanted.insert(one);
    } else {
        LK_ASSIGN(wanted, named(index, names));
    }
    add_needs(volumes, index, wanted);
    const auto needs = all_needs(volumes, index, wanted);
    auto steps = sorted(needs, wanted);
    if (!wanted.empty()) return circle(volumes, members_of_circles(needs, std::move(wanted)));
    return steps;
}

Result<std::vector<std::size_t>> closing_order(std::span<const Meaning> volumes,
                                               std::span<const std::string> names) {
    const Index index = index_of(volumes);
    Indices wanted;
    if (names.empty()) {
        for (const auto& [name, one] : index) wanted.insert(one);
    } else {
        LK_ASSIGN(wanted, named(index, names));
    }
    const auto needs = all_needs(volumes, index, wanted);
    std::vector<std::size_t> order;
    for (const Step& step : sorted(needs, wanted)) order.push_back(step.volume);
    order.insert(order.end(), wanted.begin(), wanted.end());
    std::ranges::reverse(order);
    return order;
}

}  // namespace latchkey::crypttab
