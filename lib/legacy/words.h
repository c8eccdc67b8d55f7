// SPDX-License-Identifier: LGPL-2.1-or-later
// Splits old command lines into words, stages and options.
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

// Splits a line as a shell does: quotes, backslashes, '|' as a word.  $(...) and `...` stay in one piece, as
// "$(...)".
[[nodiscard]] Result<Words> split_line(std::string_view line);

// Returns {{"losetup", "-e", "aes"}, {"x"}} for "sudo /sbin/losetup -e aes | x".  InvalidArgument for an empty stage.
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
// Parses options; `stage` begins with the tool's name.  InvalidArgument for an option that is not listed.
[[nodiscard]] Result<OldOptions> parse_options(const Words& stage,
                                               std::span<const OldOption> known);

// Accepts decimal digits only.  InvalidArgument names tool and option.
[[nodiscard]] Result<std::uint64_t> number_of(const std::string& tool, const std::string& what,
                                              const std::string& text);

}  // namespace latchkey::legacy
