// SPDX-License-Identifier: GPL-2.0-or-later
// Rows of cells as text, for a terminal of some width or for a file.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace latchkey::cli {

enum class Tint : std::uint8_t { None, Good, Bad };

struct Cell {
    std::string text = {};
    Tint tint = Tint::None;
};

struct TableLook {
    std::size_t columns = 0;  // of the terminal; 0 = as wide as it is
    bool colours = false;
};
// Returns how standard output wants it: colours only on a terminal and without NO_COLOR.
[[nodiscard]] TableLook look_of_output();

// Returns the rows, the first of which is the heading.  Cells are shown as latchkey/wording.h says.  Columns without any
// text below the heading are left out.  If the rows are too wide, the columns in `dispensable` go, in that order.
[[nodiscard]] std::string table_text(const std::vector<std::vector<Cell>>& rows,
                                     const TableLook& look,
                                     const std::vector<std::size_t>& dispensable = {});

}  // namespace latchkey::cli
