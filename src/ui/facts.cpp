// SPDX-License-Identifier: GPL-2.0-or-later
#include "ui/facts.h"

#include <utility>

namespace latchkey::cli {

Fact number_fact(std::string key, std::uint64_t value) {
    return {.key = std::move(key), .value = value};
}

Fact text_fact(std::string key, std::string value) {
    return {.key = std::move(key), .value = std::move(value)};
}

Fact flag_fact(std::string key, bool value) {
    return {.key = std::move(key), .value = value};
}

}  // namespace latchkey::cli
