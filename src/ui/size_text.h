// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <cstdint>
#include <string>

namespace latchkey::cli {

// Returns "512 MiB", "1.5 GiB".
[[nodiscard]] std::string size_text(std::uint64_t bytes);

}  // namespace latchkey::cli
