// SPDX-License-Identifier: GPL-2.0-or-later
// Makes facts of a result, one per call.
#pragma once

#include <cstdint>
#include <string>

#include "latchkey/report.h"

namespace latchkey::cli {

[[nodiscard]] Fact number_fact(std::string key, std::uint64_t value);
[[nodiscard]] Fact text_fact(std::string key, std::string value);
[[nodiscard]] Fact flag_fact(std::string key, bool value);

}  // namespace latchkey::cli
