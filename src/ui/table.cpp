// SPDX-License-Identifier: GPL-2.0-or-later
#include "ui/table.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>

#include "latchkey/wording.h"

namespace latchkey::cli {
namespace {

std::size_t columns_of(std::string_view text) {
    return static_cast<std::size_t>(std::ranges::count_if(
        text, [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; }));
}

const char* begin_of(Tint tint) {
    return tint == Tint::Good ? "\33[32m" : "\33[31m";
}

}  // namespace

TableLook look_of_output() {
    TableLook look;
    if (::isatty(STDOUT_FILENO) == 0) return look;
    winsize size = {};
    if (::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0) look.columns = size.ws_col;
    const char* const refused = std::getenv("NO_COLOR");
    const char* const terminal = std::getenv("TERM");
    look.colours = (refused == nullptr || *refused == '\0') &&
                   (terminal == nullptr || std::string_view(terminal) != "dumb");
    return look;
}

std::string table_text(const std::vector<std::vector<Cell>>& rows, const TableLook& look,
                       const std::vector<std::size_t>& dispensable) {
    if (rows.empty()) return {};
    constexpr std::size_t kGap = 2;
    std::vector<std::size_t> widths(rows.front().size(), 0);
    for (std::size_t i = 0; i < widths.size(); ++i) {
        const bool used = std::ranges::any_of(
            rows.begin() + 1, rows.end(), [i](const auto& row) { return !row[i].text.empty(); });
        for (const auto& row : rows)
            if (used) widths[i] = std::max(widths[i], columns_of(shown(row[i].text)));
    }
    // A long text at the end of a line goes on in the next line of the terminal; it needs no place in the others.
    const std::size_t last = columns_of(rows.front().back().text);
    const auto total = [&widths, last] {
        std::size_t sum = widths.back() == 0 ? 0 : std::min(widths.back(), last) + kGap;
        for (std::size_t i = 0; i + 1 < widths.size(); ++i)
            sum += widths[i] == 0 ? 0 : widths[i] + kGap;
        return sum;
    };
    for (const std::size_t column : dispensable)
        if (look.columns != 0 && total() > look.columns + kGap) widths[column] = 0;

    std::string out;
    for (const auto& row : rows) {
        std::string line;
        std::size_t blanks = 0;
        for (std::size_t i = 0; i < row.size(); ++i) {
            if (widths[i] == 0) continue;
            const std::string text = shown(row[i].text);
            const bool tinted = look.colours && row[i].tint != Tint::None && !text.empty();
            line.append(blanks, ' ');
            line += tinted ? begin_of(row[i].tint) + text + "\33[m" : text;
            blanks = widths[i] - columns_of(text) + kGap;
        }
        while (line.ends_with(' ')) line.pop_back();
        out += line + "\n";
    }
    return out;
}

}  // namespace latchkey::cli
