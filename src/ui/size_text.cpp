// SPDX-License-Identifier: GPL-2.0-or-later
#include "ui/size_text.h"

#include <array>

#include "text/format.h"

namespace latchkey::cli {

std::string size_text(std::uint64_t bytes) {
    constexpr std::array kUnits = {"B", "KiB", "MiB", "GiB", "TiB", "PiB"};
    std::size_t unit = 0;
    double value = static_cast<double>(bytes);
    while (value >= 1024 && unit + 1 < kUnits.size()) {
        value /= 1024;
        ++unit;
    }
    const bool whole = value == static_cast<double>(static_cast<std::uint64_t>(value));
    return untranslated("%.*f %s", whole ? 0 : 1, value, kUnits[unit]);
}

}  // namespace latchkey::cli
