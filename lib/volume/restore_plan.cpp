// SPDX-License-Identifier: LGPL-2.1-or-later
#include "volume/restore_plan.h"

#include <algorithm>

namespace latchkey::volume {
namespace {

// The areas of old LUKS1 headers begin at any sector.
constexpr std::uint64_t kUnit = 512;  // bytes

using Marks = std::vector<bool>;  // one per unit

Marks mark(std::uint64_t length, const std::vector<ByteRange>& ranges) {
    Marks marks((length + kUnit - 1) / kUnit, false);
    for (const ByteRange& range : ranges) {
        if (range.length == 0 || range.offset >= length) continue;
        const std::uint64_t last = range.offset + std::min(range.length, length - range.offset) - 1;
        for (std::uint64_t unit = range.offset / kUnit; unit <= last / kUnit; ++unit)
            marks[unit] = true;
    }
    return marks;
}

template <typename Wanted>
WriteStage collect(std::uint64_t length, Wanted wanted) {
    WriteStage stage;
    for (std::uint64_t unit = 0; unit * kUnit < length; ++unit) {
        if (!wanted(unit)) continue;
        const std::uint64_t offset = unit * kUnit;
        const std::uint64_t bytes = std::min(kUnit, length - offset);
        if (!stage.empty() && stage.back().offset + stage.back().length == offset)
            stage.back().length += bytes;
        else
            stage.push_back({.offset = offset, .length = bytes});
    }
    return stage;
}

}  // namespace

std::vector<WriteStage> restore_stages(std::uint64_t length, const Claims& old_claims,
                                       const Claims& new_claims, std::size_t early) {
    const Marks old_copies = mark(length, old_claims.copies);
    const Marks old_areas = mark(length, old_claims.areas);
    const Marks new_copies = mark(length, new_claims.copies);
    const Marks new_areas = mark(length, new_claims.areas);

    std::vector<WriteStage> stages;
    stages.push_back(collect(length, [&](std::uint64_t unit) {
        return !new_copies[unit] && !old_copies[unit] && !old_areas[unit];
    }));
    for (std::size_t i = 0; i < early; ++i) stages.push_back({new_claims.copies[i]});
    stages.push_back(collect(length, [&](std::uint64_t unit) {
        return !new_copies[unit] && !old_copies[unit] && old_areas[unit] && new_areas[unit];
    }));
    for (std::size_t i = early; i < new_claims.copies.size(); ++i)
        stages.push_back({new_claims.copies[i]});
    stages.push_back(collect(length, [&](std::uint64_t unit) {
        return !new_copies[unit] && (old_copies[unit] || (old_areas[unit] && !new_areas[unit]));
    }));
    return stages;
}

}  // namespace latchkey::volume
