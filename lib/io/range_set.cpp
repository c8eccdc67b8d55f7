// SPDX-License-Identifier: LGPL-2.1-or-later
#include "io/range_set.h"

#include <algorithm>

namespace latchkey::io {

void RangeSet::add(std::uint64_t offset, std::uint64_t length) {
    if (length == 0) return;
    std::uint64_t start = offset;
    std::uint64_t end = offset + length;
    auto next = end_by_start_.upper_bound(start);
    if (next != end_by_start_.begin()) {
        const auto before = std::prev(next);
        if (before->second >= start) next = before;
    }
    while (next != end_by_start_.end() && next->first <= end) {
        start = std::min(start, next->first);
        end = std::max(end, next->second);
        next = end_by_start_.erase(next);
    }
    end_by_start_.emplace(start, end);
}

std::vector<ByteRange> RangeSet::ranges() const {
    std::vector<ByteRange> ranges;
    ranges.reserve(end_by_start_.size());
    for (const auto& [start, end] : end_by_start_) ranges.push_back({start, end - start});
    return ranges;
}

}  // namespace latchkey::io
