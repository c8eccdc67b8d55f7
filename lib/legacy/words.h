// SPDX-License-Identifier: LGPL-2.1-or-later
// Old command lines as words, stages and options.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "latchkey/error.h"

namespace latchkey::legacy {

using Words = std::vector<std::string>;

// A line as a shell splits it: quotes, backslashes, '|' as a word.  $(...) and `...` stay whole, as "$(...)".
[[nodiscard]] Result<Words> split_line(std::string_view line);

// "sudo /sbin/losetup -e aes | x" -> {{"losetup", "-e", "aes"}, {"x"}}.  InvalidArgument for an empty stage.
[[nodiscard]] Result<std::vector<Words>> split_stages(const Words& words);

struct OldOption {
    char letter;
    std::string_view name;  // "" = only the letter
    bool takes_value = false;
};
struct OldOptions {
    std::map<char, std::string> values;  // by letter
    Words operands;

    [[nodiscard]] bool has(char letter) const { return values.contains(letter); }
    [[nodiscard]] std::string text(char letter) const {
        const auto found = values.find(letter);
        return found == values.end() ? std::string() : found->second;
    }
};
// `stage` begins with the tool's name.  InvalidArgument for an option that is not in the list.
[[nodiscard]] Result<OldOptions> parse_options(const Words& stage,
                                               std::span<const OldOption> known);

// Decimal digits alone.  InvalidArgument names tool and option.
[[nodiscard]] Result<std::uint64_t> number_of(const std::string& tool, const std::string& what,
                                              const std::string& text);

}  // namespace latchkey::legacy
