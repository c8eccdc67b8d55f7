// SPDX-License-Identifier: GPL-2.0-or-later
#include "ui/line_diff.h"

#include <algorithm>
#include <cstdint>
#include <vector>

namespace latchkey::cli {
namespace {

using Lines = std::vector<std::string_view>;

Lines lines_of(std::string_view text) {
    Lines lines;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find('\n'), text.size());
        lines.push_back(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return lines;
}

// The comparison needs memory for the product of both lengths.  Most lines of two headers are equal, so long texts
// become short without their common start and end.  A hostile header for which this fails is shown completely, old
// and new.
constexpr std::size_t kMostCells = 16'000'000;

bool is_too_long(const Lines& a, const Lines& b) {
    return (a.size() + 1) * (b.size() + 1) > kMostCells;
}

void drop_common_ends(Lines& a, Lines& b) {
    const auto [a_head, b_head] = std::ranges::mismatch(a, b);
    b.erase(b.begin(), b_head);
    a.erase(a.begin(), a_head);
    while (!a.empty() && !b.empty() && a.back() == b.back()) {
        a.pop_back();
        b.pop_back();
    }
}

void put(std::string& into, char mark, std::string_view line) {
    into += mark;
    into += ' ';
    into += line;
    into += '\n';
}

}  // namespace

std::string line_diff(std::string_view before, std::string_view after) {
    Lines old_lines = lines_of(before);
    Lines new_lines = lines_of(after);
    // Only for long texts.  Otherwise an added block of lines would not start at its own first line, but at one that
    // it shares with the previous block.
    if (is_too_long(old_lines, new_lines)) drop_common_ends(old_lines, new_lines);
    std::string diff;
    if (is_too_long(old_lines, new_lines)) {
        for (const std::string_view line : old_lines) put(diff, '-', line);
        for (const std::string_view line : new_lines) put(diff, '+', line);
        return diff;
    }
    // common[i][j]: length of the longest common sequence of the lines from old line i and new line j on.
    const std::size_t width = new_lines.size() + 1;
    std::vector<std::uint32_t> common((old_lines.size() + 1) * width, 0);
    for (std::size_t i = old_lines.size(); i-- > 0;)
        for (std::size_t j = new_lines.size(); j-- > 0;)
            common[i * width + j] =
                old_lines[i] == new_lines[j]
                    ? common[(i + 1) * width + j + 1] + 1
                    : std::max(common[(i + 1) * width + j], common[i * width + j + 1]);
    std::size_t i = 0;
    std::size_t j = 0;
    while (i < old_lines.size() || j < new_lines.size()) {
        if (i < old_lines.size() && j < new_lines.size() && old_lines[i] == new_lines[j]) {
            ++i;
            ++j;
        } else if (j == new_lines.size() ||
                   (i < old_lines.size() &&
                    common[(i + 1) * width + j] >= common[i * width + j + 1])) {
            put(diff, '-', old_lines[i++]);
        } else {
            put(diff, '+', new_lines[j++]);
        }
    }
    return diff;
}

}  // namespace latchkey::cli
